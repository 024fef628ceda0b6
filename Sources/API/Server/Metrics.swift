// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts of requests, in the text format of Prometheus (exposition format 0.0.4).
final class Metrics: Sendable {
    private struct Key: Hashable {
        var resource: String
        var method: String
        var status: Int
    }

    private struct Counts {
        var requests: [Key: Int] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var seconds = 0.0
    }

    /// Upper bounds of the duration's buckets, in seconds.
    private static let bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]

    private let counts = Mutex(Counts())

    /// Counts an answer; unknown methods and resources share one name, so that callers cannot make
    /// new ones.
    func count(_ resource: String, _ method: String, _ status: Int, _ duration: Duration) {
        let seconds = duration / .seconds(1)
        let known = Method(rawValue: method) == nil ? "OTHER" : method
        let bucket = Metrics.bounds.firstIndex { seconds <= $0 } ?? Metrics.bounds.count
        counts.withLock { counts in
            counts.requests[
                Key(resource: resource, method: known, status: status),
                default: 0
            ] += 1
            counts.buckets[bucket] += 1
            counts.seconds += seconds
        }
    }

    /// The text, with more lines of the same format behind it.
    func text(_ more: [String]) -> String {
        let counts = counts.withLock { $0 }
        var lines = ["# TYPE millrace_http_requests_total counter"]
        let sorted = counts.requests.sorted {
            ($0.key.resource, $0.key.method, $0.key.status)
                < ($1.key.resource, $1.key.method, $1.key.status)
        }
        for (key, count) in sorted {
            lines.append(
                "millrace_http_requests_total{resource=\"\(key.resource)\","
                    + "method=\"\(key.method)\",status=\"\(key.status)\"} \(count)"
            )
        }
        lines.append("# TYPE millrace_http_request_seconds histogram")
        var sum = 0
        for (position, bound) in Metrics.bounds.enumerated() {
            sum += counts.buckets[position]
            lines.append("millrace_http_request_seconds_bucket{le=\"\(bound)\"} \(sum)")
        }
        sum += counts.buckets[Metrics.bounds.count]
        lines.append("millrace_http_request_seconds_bucket{le=\"+Inf\"} \(sum)")
        lines.append("millrace_http_request_seconds_sum \(counts.seconds)")
        lines.append("millrace_http_request_seconds_count \(sum)")
        return (lines + more).joined(separator: "\n") + "\n"
    }
}
