// SPDX-License-Identifier: Apache-2.0
import Logging
import Synchronization

/// Keeps all that is logged.
final class LogRecorder: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set { _ = newValue }
    }

    var logLevel: Logger.Level {
        get { .trace }
        set { _ = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set { lines.withLock { $0.append("\(key) \(newValue.map { "\($0)" } ?? "")") } }
    }

    func log(event: LogEvent) { lines.withLock { $0.append("\(event)") } }
}
