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
    Needs libcurl and nothing else.
  ]],
  homepage = "https://github.com/azion-lua/azion",
  license = "MIT",
}
dependencies = {
  "lua >= 5.1, < 5.5",
}
-- No `header`: it lies in /usr/include/<architecture>/curl on Debian, where LuaRocks does not look but gcc does.
external_dependencies = {
  CURL = { library = "curl" },
}
-- Not of the type "builtin": that would compile without the flags below, which make what an overrun buffer can do
-- smaller. The Makefile has the same ones. (Apple's linker knows no relro; what it does is always so.)
local compile = [[
mkdir -p build/rock && $(CC) -std=c11 $(CFLAGS) -fPIC -fvisibility=hidden \
  -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
  "-I$(LUA_INCDIR)" "-I$(CURL_INCDIR)" src/*.c $(LIBFLAG) -o build/rock/core.so \
  "-L$(CURL_LIBDIR)" "-Wl,-rpath,$(CURL_LIBDIR)" -lcurl -lm]]
build = {
  type = "command",
  build_command = compile .. " -Wl,-z,relro,-z,now",
  platforms = { macosx = { build_command = compile } },
  install = {
    lib = { ["azion.core"] = "build/rock/core.so" },
    lua = {
      azion = "lua/azion/init.lua",
      ["azion.address"] = "lua/azion/address.lua",
      ["azion.ahead"] = "lua/azion/ahead.lua",
      ["azion.base64"] = "lua/azion/base64.lua",
      ["azion.budget"] = "lua/azion/budget/init.lua",
      ["azion.budget.decision"] = "lua/azion/budget/decision.lua",
      ["azion.budget.dictionary"] = "lua/azion/budget/dictionary.lua",
      ["azion.budget.luasocket"] = "lua/azion/budget/luasocket.lua",
      ["azion.budget.memory"] = "lua/azion/budget/memory.lua",
      ["azion.budget.redis"] = "lua/azion/budget/redis.lua",
      ["azion.budget.redis_hiredis"] = "lua/azion/budget/redis_hiredis.lua",
      ["azion.budget.redis_resty"] = "lua/azion/budget/redis_resty.lua",
      ["azion.budget.redis_script"] = "lua/azion/budget/redis_script.lua",
      ["azion.budget.reports"] = "lua/azion/budget/reports.lua",
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
      ["azion.mistake"] = "lua/azion/mistake.lua",
      ["azion.network"] = "lua/azion/network.lua",
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
      ["azion.runtime.lifeline"] = "lua/azion/runtime/lifeline.lua",
      ["azion.runtime.light_tasks"] = "lua/azion/runtime/light_tasks.lua",
      ["azion.runtime.native"] = "lua/azion/runtime/native.lua",
      ["azion.runtime.openresty"] = "lua/azion/runtime/openresty.lua",
      ["azion.runtime.phase"] = "lua/azion/runtime/phase.lua",
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
      ["azion.share"] = "lua/azion/share.lua",
      ["azion.shown"] = "lua/azion/shown.lua",
      ["azion.spelling"] = "lua/azion/spelling.lua",
      ["azion.tokens"] = "lua/azion/tokens.lua",
      ["azion.types"] = "lua/azion/types.lua",
      ["azion.v3"] = "lua/azion/v3.lua",
      ["azion.verdict"] = "lua/azion/verdict.lua",
      ["azion.version"] = "lua/azion/version.lua",
    },
  },
}
test = {
  type = "busted",
}
