--- Programs timed in turns, and what their ratios say.
local figures = {}

local function at(sorted, part)
  local position = 1 + (#sorted - 1) * part
  local low = math.floor(position)
  local high = math.min(low + 1, #sorted)
  return sorted[low] + (sorted[high] - sorted[low]) * (position - low)
end

--- @param values number[]
--- @return number median
--- @return number lower quartile
--- @return number upper quartile
function figures.quartiles(values)
  local sorted = { (table.unpack or unpack)(values) }
  table.sort(sorted)
  return at(sorted, 0.5), at(sorted, 0.25), at(sorted, 0.75)
end

local function quote(word)
  return "'" .. tostring(word):gsub("'", [['\'']]) .. "'"
end

--- @param command string[]
--- @return string for a shell
function figures.shell(command)
  local words = {}
  for index, word in ipairs(command) do
    words[index] = quote(word)
  end
  return table.concat(words, " ")
end

--- Runs a program once.
--- @param measure string path of the program `measure`
--- @param program { command: string[], expect: string?, environment: string? }
--- @return { cpu: number, wall: number, output: string }
function figures.run(measure, program)
  local command = (program.environment or "") .. " " .. figures.shell { measure } .. " "
    .. figures.shell(program.command)
  local pipe = assert(io.popen(command))
  local output = pipe:read "*a"
  pipe:close()
  local text, cpu, wall, status = output:match "^(.-)\n?cpu=(%S+) wall=(%S+) peak=%d+ status=(%d+)\n$"
  if status ~= "0" or (program.expect and text ~= program.expect) then
    error(("%s\ngave %s, expected %s"):format(command, output, program.expect or "success"), 0)
  end
  return { cpu = tonumber(cpu), wall = tonumber(wall), output = text }
end

--- Runs all programs once a round, every second round in the opposite order, after a round that does not count.
--- @param measure string
--- @param programs table[] the first is the one that the others are held against
--- @param what "cpu"|"wall"
--- @param rounds integer
--- @return table[] for each program { seconds = median, ratio = median, low = quartile, high = quartile, rounds }
function figures.compare(measure, programs, what, rounds)
  local seconds, ratios = {}, {}
  for index = 1, #programs do
    seconds[index], ratios[index] = {}, {}
    figures.run(measure, programs[index])
  end
  for round = 1, rounds do
    local first, last, step = 1, #programs, 1
    if round % 2 == 0 then
      first, last, step = last, first, -1
    end
    for index = first, last, step do
      seconds[index][round] = figures.run(measure, programs[index])[what]
    end
    for index = 1, #programs do
      ratios[index][round] = seconds[index][round] / seconds[1][round]
    end
  end
  local results = {}
  for index = 1, #programs do
    local ratio, low, high = figures.quartiles(ratios[index])
    results[index] = { seconds = (figures.quartiles(seconds[index])), ratio = ratio, low = low, high = high,
      rounds = seconds[index] }
  end
  return results
end

--- The same, of a program against another one than the first.
--- @param result table
--- @param other table
--- @return table
function figures.against(result, other)
  local ratios = {}
  for round, seconds in ipairs(result.rounds) do
    ratios[round] = seconds / other.rounds[round]
  end
  local ratio, low, high = figures.quartiles(ratios)
  return { seconds = result.seconds, ratio = ratio, low = low, high = high }
end

return figures
