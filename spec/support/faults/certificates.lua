--- Certificates and versions of TLS that a client must not accept.
local class = require("spec.support.faults.classes")

local over_tls = "tls http2"

return {
  { "an expired certificate", class.tls, over_tls, tls = { certificate = "expired.pem" }, says = "expired" },
  { "a certificate not valid yet", class.tls, over_tls, tls = { certificate = "early.pem" }, says = "not yet valid" },
  { "a certificate of another host", class.tls, over_tls, tls = { certificate = "foreign.pem" },
    says = "subject name" },
  { "a self-signed certificate", class.tls, over_tls, tls = { certificate = "unknown.pem" }, says = "self.signed" },
  { "TLS 1.1 only", class.tls, over_tls, tls = { protocol = "tlsv1_1", ciphers = "ALL:@SECLEVEL=0" },
    says = "version" },
  { "TLS 1.0 only", class.tls, over_tls, tls = { protocol = "tlsv1", ciphers = "ALL:@SECLEVEL=0" },
    says = "version" },
}
