-- What a wrk script reports in the end, for measure.py.
function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      "RESULT {\"requests\":%d,\"duration_us\":%d,\"p50_us\":%d,\"p99_us\":%d,\"max_us\":%d,\"non_2xx\":%d,\"broken\":%d}\n",
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout))
end
