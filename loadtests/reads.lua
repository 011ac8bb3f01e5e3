-- For wrk: one file after the other of a list; in the end one line that bench_reads.py reads.
local paths = {}
local number = 0

function init(args)
   for path in io.lines(args[1]) do
      paths[#paths + 1] = path
   end
end

function request()
   number = number % #paths + 1
   return wrk.format("GET", paths[number])
end

function done(summary, latency, requests)
   local failed = summary.errors
   io.write(string.format("done %d %.6f %.3f %d\n", summary.requests, summary.duration / 1e6,
      latency:percentile(99) / 1e3, failed.connect + failed.read + failed.status + failed.timeout))
end
