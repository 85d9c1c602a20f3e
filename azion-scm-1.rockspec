rockspec_format = "3.0"
package = "azion"
version = "scm-1"
source = {
  url = "git+https://github.com/azion-lua/azion.git",
}
description = {
  summary = "Client for the Azion edge platform's REST API",
  detailed = [[
    Origins and the other collections of the API as Lua tables, with paging, retries, waits for the rate
    limit and errors that say what happened. In scripts and inside OpenResty.
    Needs libcurl, and lua-cjson: Debian's package of that name or the rock.
  ]],
  homepage = "https://github.com/azion-lua/azion",
  license = "MIT",
}
-- lua-cjson is needed too, but not named: LuaRocks does not see Debian's package of it, and would download and
-- compile a second one, or fail where it reaches no server. `require "azion"` says so when it is missing.
dependencies = {
  "lua >= 5.1, < 5.5",
}
-- No `header`: it lies in /usr/include/<architecture>/curl on Debian, where LuaRocks does not look but gcc does.
external_dependencies = {
  CURL = { library = "curl" },
}
build = {
  type = "builtin",
  modules = {
    ["azion.core"] = {
      sources = {
        "src/buffer.c",
        "src/core.c",
        "src/headers.c",
        "src/json.c",
        "src/json_decode.c",
        "src/json_encode.c",
        "src/json_scan.c",
        "src/json_text.c",
        "src/keyset.c",
        "src/options.c",
        "src/refusal.c",
        "src/session.c",
        "src/sha256.c",
        "src/timestamp.c",
        "src/transfer.c",
        "src/url.c",
      },
      defines = { "_FORTIFY_SOURCE=2" },
      libraries = { "curl" },
      incdirs = { "$(CURL_INCDIR)" },
      libdirs = { "$(CURL_LIBDIR)" },
    },
    azion = "lua/azion/init.lua",
    ["azion.address"] = "lua/azion/address.lua",
    ["azion.ahead"] = "lua/azion/ahead.lua",
    ["azion.budget.decision"] = "lua/azion/budget/decision.lua",
    ["azion.budget.memory"] = "lua/azion/budget/memory.lua",
    ["azion.budget.shared"] = "lua/azion/budget/shared.lua",
    ["azion.budget.shared_dict"] = "lua/azion/budget/shared_dict.lua",
    ["azion.call"] = "lua/azion/call.lua",
    ["azion.client"] = "lua/azion/client.lua",
    ["azion.collection"] = "lua/azion/collection.lua",
    ["azion.errors"] = "lua/azion/errors.lua",
    ["azion.exchange"] = "lua/azion/exchange.lua",
    ["azion.fields"] = "lua/azion/fields.lua",
    ["azion.finalizer"] = "lua/azion/finalizer.lua",
    ["azion.identifier"] = "lua/azion/identifier.lua",
    ["azion.listing"] = "lua/azion/listing.lua",
    ["azion.map"] = "lua/azion/map.lua",
    ["azion.options"] = "lua/azion/options.lua",
    ["azion.paging"] = "lua/azion/paging.lua",
    ["azion.problem"] = "lua/azion/problem.lua",
    ["azion.purge"] = "lua/azion/purge.lua",
    ["azion.quota"] = "lua/azion/quota.lua",
    ["azion.report"] = "lua/azion/report.lua",
    ["azion.request"] = "lua/azion/request.lua",
    ["azion.resources"] = "lua/azion/resources.lua",
    ["azion.runtime"] = "lua/azion/runtime/init.lua",
    ["azion.runtime.driver"] = "lua/azion/runtime/driver.lua",
    ["azion.runtime.native"] = "lua/azion/runtime/native.lua",
    ["azion.runtime.openresty"] = "lua/azion/runtime/openresty.lua",
    ["azion.sandbox"] = "lua/azion/sandbox/init.lua",
    ["azion.sandbox.body"] = "lua/azion/sandbox/body.lua",
    ["azion.sandbox.cache_settings"] = "lua/azion/sandbox/cache_settings.lua",
    ["azion.sandbox.collection"] = "lua/azion/sandbox/collection.lua",
    ["azion.sandbox.configuration"] = "lua/azion/sandbox/configuration.lua",
    ["azion.sandbox.crud"] = "lua/azion/sandbox/crud.lua",
    ["azion.sandbox.device_groups"] = "lua/azion/sandbox/device_groups.lua",
    ["azion.sandbox.digital_certificates"] = "lua/azion/sandbox/digital_certificates.lua",
    ["azion.sandbox.domains"] = "lua/azion/sandbox/domains.lua",
    ["azion.sandbox.edge_applications"] = "lua/azion/sandbox/edge_applications.lua",
    ["azion.sandbox.error_responses"] = "lua/azion/sandbox/error_responses.lua",
    ["azion.sandbox.faults"] = "lua/azion/sandbox/faults.lua",
    ["azion.sandbox.functions_instances"] = "lua/azion/sandbox/functions_instances.lua",
    ["azion.sandbox.host"] = "lua/azion/sandbox/host.lua",
    ["azion.sandbox.intelligent_dns"] = "lua/azion/sandbox/intelligent_dns.lua",
    ["azion.sandbox.json"] = "lua/azion/sandbox/json.lua",
    ["azion.sandbox.limits"] = "lua/azion/sandbox/limits.lua",
    ["azion.sandbox.listing"] = "lua/azion/sandbox/listing.lua",
    ["azion.sandbox.model"] = "lua/azion/sandbox/model.lua",
    ["azion.sandbox.nginx"] = "lua/azion/sandbox/nginx.lua",
    ["azion.sandbox.options"] = "lua/azion/sandbox/options.lua",
    ["azion.sandbox.origin_seeds"] = "lua/azion/sandbox/origin_seeds.lua",
    ["azion.sandbox.origins"] = "lua/azion/sandbox/origins.lua",
    ["azion.sandbox.personal_tokens"] = "lua/azion/sandbox/personal_tokens.lua",
    ["azion.sandbox.purge"] = "lua/azion/sandbox/purge.lua",
    ["azion.sandbox.records"] = "lua/azion/sandbox/records.lua",
    ["azion.sandbox.replies"] = "lua/azion/sandbox/replies.lua",
    ["azion.sandbox.router"] = "lua/azion/sandbox/router.lua",
    ["azion.sandbox.rows"] = "lua/azion/sandbox/rows.lua",
    ["azion.sandbox.rule_behaviors"] = "lua/azion/sandbox/rule_behaviors.lua",
    ["azion.sandbox.rules"] = "lua/azion/sandbox/rules.lua",
    ["azion.sandbox.schema"] = "lua/azion/sandbox/schema.lua",
    ["azion.sandbox.socket"] = "lua/azion/sandbox/socket.lua",
    ["azion.sandbox.tokens"] = "lua/azion/sandbox/tokens.lua",
    ["azion.sandbox.uuids"] = "lua/azion/sandbox/uuids.lua",
    ["azion.sandbox.variables"] = "lua/azion/sandbox/variables.lua",
    ["azion.secrets"] = "lua/azion/secrets.lua",
    ["azion.semaphore"] = "lua/azion/semaphore.lua",
    ["azion.tokens"] = "lua/azion/tokens.lua",
    ["azion.types"] = "lua/azion/types.lua",
    ["azion.v3"] = "lua/azion/v3.lua",
    ["azion.verdict"] = "lua/azion/verdict.lua",
    ["azion.version"] = "lua/azion/version.lua",
  },
}
test = {
  type = "busted",
}
