--- What Redis runs to decide: its text comes after that of lua/azion/budget/decision.lua, whose functions are in the
--- local `decision` (tools/derived/script.lua). The reply is one line.
--
--   KEYS[1]  the bucket
--   ARGV     the window in which this holder asked last ("" if in none, "*"), slots wanted (0 or 1), then for each call
--            that ended, eight values: window of its slot, outcome, limit, remaining, reset, date, age, blocked; ""
--            for what is not known
local question = { seen = tonumber(ARGV[1]) or ARGV[1], wants = ARGV[2] == "1", reports = {}, most = 32, poll = 0.1 }
for index = 3, #ARGV, 8 do
  question.reports[#question.reports + 1] = {
    start = tonumber(ARGV[index]), outcome = ARGV[index + 1],
    limit = tonumber(ARGV[index + 2]), remaining = tonumber(ARGV[index + 3]), reset = tonumber(ARGV[index + 4]),
    date = tonumber(ARGV[index + 5]), age = tonumber(ARGV[index + 6]), blocked = tonumber(ARGV[index + 7]),
  }
end
local time = redis.call("TIME")
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local state = decision.unpack(redis.call("GET", KEYS[1]) or "", decision.new())
local answer = decision.make(state, question, now)
redis.call("SET", KEYS[1], decision.pack(state), "EX", decision.lifetime(state, now))
return { ok = decision.pack(answer) }
