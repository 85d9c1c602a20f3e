--- What the contract says of a fault: the error's kind, who tries again ("all", "safe" for GET, PUT and DELETE only,
--- "none"), and whether a write may have been applied.
return {
  fine = {},
  unsent = { kind = "network", again = "all" },
  refused = { kind = "network", again = "all" },
  barred = { kind = "network", again = "none" },
  lost = { kind = "network", again = "safe", doubt = true },
  timeout = { kind = "timeout", again = "safe", doubt = true },
  unconnected = { kind = "timeout", again = "all" },
  protocol = { kind = "protocol", again = "none", doubt = true },
  tls = { kind = "tls", again = "none" },
}
