-- Rules in the sandbox's model (v3.md, sections 2.6 e and 4.5).

local json = require "azion.sandbox.model.json"
local support = require "spec.support.sandbox_model"

local everything, rule, with = support.everything, support.rule, support.with

local null = json.null

local ROOT = "/edge_applications/1618339282"
local RULES, RESPONSE_RULES = ROOT .. "/rules_engine/request/rules", ROOT .. "/rules_engine/response/rules"

local SEED = {
  edge_applications = 1, origins = 3, cache_settings = 2, rules = 4, response_rules = 2, functions_instances = 2,
}

describe("the sandbox's", function()
  local api

  before_each(function()
    api = support.new { seed = SEED }
  end)

  local function call(...)
    return api:call(...)
  end

  local function succeeds(...)
    return api:expect(...)
  end

  describe("rules", function()
    local origin, cache_setting
    before_each(function()
      origin = succeeds(200, "GET", ROOT .. "/origins").results[1]
      cache_setting = succeeds(200, "GET", ROOT .. "/cache_settings").results[2]
    end)

    it("have the Default Rule in the request list, where two may have order 1", function()
      local list = succeeds(200, "GET", RULES).results
      assert.same({ "default", 1, "request", 1, "request", 2 },
        { list[1].phase, list[1].order, list[2].phase, list[2].order, list[3].phase, list[3].order })
      local targets = { type(list[1].behaviors[1].target), list[2].behaviors[1].target,
        type(list[3].behaviors[1].target), type(list[4].behaviors[1].target) }
      assert.same({ "string", null, "string", "table" }, targets)
      for _, item in ipairs(succeeds(200, "GET", RESPONSE_RULES).results) do
        assert.equal("response", item.phase)
      end
      succeeds(404, "GET", ROOT .. "/rules_engine/default/rules")
    end)

    it("are ordered by order, and get the next one", function()
      local body = rule({ { name = "deliver" } }, { order = 10000 })
      succeeds(201, "POST", RULES, body)
      local value = call("GET", RULES, nil, { query = { order_by = "order", sort = "desc" } })
      assert.equal(10000, value.results[1].order)
      assert.equal(5, succeeds(201, "POST", RULES, rule({ { name = "deny" } }, { name = "x" })).results.order)
      assert.equal(400, select(2, call("POST", RULES, with(body, { order = 10001, name = "y" }))))
    end)

    local object = { captured_array = "a", subject = "${uri}", regex = "^/(.*)$" }
    local targets = {
      { "null", "deliver", null, null }, { "nothing", "deliver", nil, null },
      { "a string", "redirect_to_301", "https://a.example", "https://a.example" },
      { "an object", "capture_match_groups", object, object },
      { "a number as a string", "set_cache_policy", "117001", "117001" },
      { "a number", "set_cache_policy", 117001, "117001" },
    }
    for _, case in ipairs(targets) do
      it("take as a target " .. case[1], function()
        local item = succeeds(201, "POST", RULES, rule { { name = case[2], target = case[3] } }).results
        assert.same({ { name = case[2], target = case[4] } }, item.behaviors)
      end)
    end

    local refused = {
      { { { name = "set_cache_policy", target = "117001" }, { name = "deny" } },
        { incompatible_behaviors = { "(u'set_cache_policy', ['deny', 'redirect_to_301', 'redirect_to_302'])" } } },
      { { { name = "deliver" }, { name = "deliver" } }, { duplicated_behaviors = { "deliver" } } },
      { { { name = "set_origin" } }, { blank_parameter = { "set_origin" } } },
      { { { name = "redirect_to_301", target = "" } }, { blank_parameter = { "redirect_to_301" } } },
      { { { name = "fly" } }, { invalid_behaviors = { "fly" } } },
      { { { name = "set_origin", target = "5" } }, { invalid_behaviors_target = { "set_origin" } } },
      { { { name = "set_origin", target = "x" } }, { invalid_behaviors_target = { "set_origin" } } },
      { { { name = "run_function", target = {} } }, { invalid_behaviors_target = { "run_function" } } },
      { { { name = "redirect_to_302", target = 5 } }, { invalid_behaviors_target = { "redirect_to_302" } } },
      { { { name = "capture_match_groups", target = "x" } },
        { invalid_behaviors_target = { "capture_match_groups" } } },
      { json.array {}, { "This list may not be empty." } },
      { { { target = "x" } }, { { name = { "This field is required." } } } },
    }
    for _, case in ipairs(refused) do
      local key = next(case[2])
      it(("refuse behaviors: %s, %s"):format(key, tostring(case[1][1] and case[1][1].name)), function()
        local value, status = call("POST", RULES, rule(case[1]))
        assert.equal(400, status)
        assert.same({ behaviors = case[2] }, value)
      end)
    end

    it("take the same header behavior twice", function()
      succeeds(201, "POST", RULES, rule {
        { name = "add_request_header", target = "A: 1" }, { name = "add_request_header", target = "B: 2" },
      })
    end)

    local condition = everything[1][1]
    local criteria = {
      { json.array {} }, { "x" }, { { json.array {} } }, { { condition } },
      { { { with(condition, { operator = "is" }) } } }, { { { with(condition, { conditional = "unless" }) } } },
      { { { with(condition, { operator = "exists" }) } } },
      { { { { variable = "${uri}", operator = "matches", conditional = "if" } } } },
    }
    for number, case in ipairs(criteria) do
      it("refuse criteria, case " .. number, function()
        local value, status = call("POST", RULES, rule({ { name = "deny" } }, { criteria = case[1] }))
        assert.equal(400, status)
        assert.not_nil(value.criteria)
      end)
    end

    it("take criteria without a value where there is nothing to compare", function()
      local exists = { variable = "${cookie_a}", operator = "exists", conditional = "if" }
      local item = succeeds(201, "POST", RULES, rule({ { name = "deny" } }, { criteria = { { exists } } })).results
      assert.same({ { exists } }, item.criteria)
    end)

    it("keep what they use from deletion until they are gone", function()
      local instance = succeeds(200, "GET", ROOT .. "/functions_instances").results[1]
      local used = {
        { "set_origin", origin.origin_id, ROOT .. "/origins/" .. origin.origin_key },
        { "set_cache_policy", cache_setting.id, ROOT .. ("/cache_settings/%d"):format(cache_setting.id) },
        { "run_function", instance.id, ROOT .. ("/functions_instances/%d"):format(instance.id) },
      }
      for _, path in ipairs { RULES, RESPONSE_RULES } do
        for _, case in ipairs(used) do
          local item = succeeds(201, "POST", path, rule { { name = case[1], target = case[2] } }).results
          local value, status = call("DELETE", case[3])
          assert.equal(409, status)
          assert.truthy(value:find("can not be deleted because it is being used on Rules Engine.", 1, true))
          succeeds(200, "GET", case[3])
          succeeds(204, "DELETE", ("%s/%d"):format(path, item.id))
        end
      end
      for _, case in ipairs(used) do
        succeeds(204, "DELETE", case[3])
      end
    end)

    it("let the Default Rule be changed, not deleted, and it stays what it is", function()
      local path = RULES .. "/173000"
      local body = { name = "Default Rule", phase = "request", criteria = everything,
        behaviors = { { name = "set_origin", target = origin.origin_id } } }
      local _, status = call("DELETE", path)
      assert.equal(400, status)
      assert.equal("default", succeeds(200, "PUT", path, body).results.phase)
      local freed = succeeds(200, "GET", ROOT .. "/origins").results[3]
      assert.equal("used-by-rule", freed.name)
      succeeds(204, "DELETE", ROOT .. "/origins/" .. freed.origin_key)
    end)
  end)
end)
