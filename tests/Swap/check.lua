-- Checks that every answer is of one build: the same line twenty times. A thread reports what it saw in its last answer.
local threads = {}
wrong, checked = 0, 0

setup = function(thread) table.insert(threads, thread) end

init = function() wrong, checked = 0, 0 end

response = function(status, _, body)
  checked = checked + 1
  local line = body:sub(1, 11)
  if status ~= 200 or #body ~= 220 or body ~= line:rep(20) then wrong = wrong + 1 end
end

done = function(summary, latency)
  local wrong, checked = 0, 0
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("wrong")
    checked = checked + thread:get("checked")
  end
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d\n", checked, wrong, errors.connect + errors.read + errors.write + errors.timeout + errors.status,
    latency:percentile(50), latency:percentile(99)))
end
