-- Plans inside nginx: made, applied and exported by content handlers, with the rate limit kept for all workers.
-- #seconds 12
local core = require("azion.core")
local openresty = require("spec.support.openresty")
local plans = require("spec.support.plans")

-- By the name in the query a document of each version: three origins or connectors, a rule for each.
local DOCUMENTS = [[
local documents = {}

function documents.v3(name)
  local origins, rules = {}, {}
  for number = 1, 3 do
    origins[number] = { name = "o" .. number, addresses = { { address = "a" .. number .. ".example.net" } } }
    rules[number] = { name = "r" .. number, behaviors = { { name = "set_origin", target = "o" .. number } },
      criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } }
  end
  return { edge_applications = { { name = name, origins = origins, rules = { request = rules } } } }
end

function documents.v4(name)
  local connectors, rules = {}, {}
  for number = 1, 3 do
    connectors[number] = { name = name .. "-c" .. number, type = "http",
      attributes = { addresses = { { address = "a.example.net" } } } }
    rules[number] = { name = "r" .. number,
      criteria = { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } },
      behaviors = { { type = "set_connector", attributes = { value = name .. "-c" .. number } } } }
  end
  return { connectors = connectors, applications = { { name = name, rules = { request = rules } } } }
end

return documents
]]

local LOCATIONS = [[
  location = /plan { content_by_lua_block {
    local plan, err = require("own"):plan(require("documents").VERSION(ngx.var.arg_name))
    ngx.print(tostring(plan or err))
  } }
  location = /apply { content_by_lua_block {
    local plan = assert(require("own"):plan(require("documents").VERSION(ngx.var.arg_name)))
    local report = assert(plan:apply())
    ngx.print(#plan.steps, " ", #report.applied, " ", tostring(report.failed[1] and report.failed[1].err))
  } }
  location = /export { content_by_lua_block {
    local document, err = require("own"):export()
    ngx.print(document and require("azion").document.json(document) or tostring(err))
  } }
  location = /worker { content_by_lua_block { ngx.print(ngx.worker.id()) } }
  location = /refused { content_by_lua_block { ngx.print("") } header_filter_by_lua_block {
    ngx.header.content_length = nil
    local _, err = require("own"):plan(require("documents").VERSION("x"))
    local _, other = require("own"):export()
    ngx.header.refused = err.kind .. " " .. other.kind .. ": " .. err.message
  } }
]]

local OWN = [[
return assert(require("azion").%s.client { base_url = %q, token = %q, ca_file = %q,
  budget = require("azion").budget.shared_dict "budgets" })
]]

for _, version in ipairs({ "v3", "v4" }) do
  describe("under nginx, a plan of " .. version, function()
    local account, web

    local function start(limits)
      account = plans.start(version, { limits = limits, window = 1, rate_headers = true, latency = 0.02 })
      web = openresty.start(account.sandbox, { workers = 2, http = "lua_shared_dict budgets 1m;",
        files = { ["documents.lua"] = DOCUMENTS, ["own.lua"] = OWN:format(version, account.sandbox.base_url,
          account.sandbox.token, account.sandbox.ca_file) },
        locations = (LOCATIONS:gsub("VERSION", version)) })
    end

    after_each(function()
      web:stop()
      account:stop()
    end)

    it("is made, applied and empty afterwards, and the account is exported", function()
      start({ read = false, write = false })
      assert.matches("\n7 to create, 0 to change, 0 to delete: 7 requests", web:get("/plan?name=shop").body)
      assert.equal("7 7 nil", web:get("/apply?name=shop").body)
      assert.equal("Nothing to do: everything is as the document wants it.", web:get("/plan?name=shop").body)
      account:rests(core.decode(web:get("/export").body))
      assert.same({}, web:errors())
    end)

    it("waits for the windows that all workers share, while others are served", function()
      start({ read = 20, write = 6 })
      local names, applies, applications = { "one", "two", "three", "four" }, {}, {}
      for position, name in ipairs(names) do
        applications[position] = { name = name } -- which the API makes one at a time only
      end
      account:apply({ [version == "v3" and "edge_applications" or "applications"] = applications })
      for position, name in ipairs(names) do
        applies[position] = web:begin("/apply?name=" .. name)
      end
      web:wait(0.3)
      assert.matches("^%d$", web:get("/worker").body)
      assert.is_false(applies[1]:done() and applies[2]:done() and applies[3]:done() and applies[4]:done())
      for _, reply in ipairs({ web:finish((table.unpack or unpack)(applies)) }) do
        assert.equal("6 6 nil", reply.body)
      end
      for _, entry in ipairs(account.sandbox:journal()) do
        assert.not_equal(429, entry.status)
      end
      assert.same({}, web:errors())
    end)

    it("is refused where nothing can wait", function()
      start({ read = false, write = false })
      assert.equal("invalid invalid: nginx phase header_filter cannot yield: start the call from ngx.timer.at",
        web:get("/refused").headers.refused)
    end)
  end)
end
