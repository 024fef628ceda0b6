// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace

/// `write DATABASE FOLDER`: writes every 50 ms until its standard input ends.
///
/// Prints how many writes there were and how long they waited, in ms: median, p99, longest.
struct WriterProcess {
    private let address: String
    private let folder: String

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
    }

    func run() async throws {
        let installation = try Installation(
            Configuration(
                database: DatabaseAddress(address),
                dataFolder: folder
            )
        )
        let workspace = try await installation.workspace(named: nil, by: "bench").id
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        var waits: [Double] = []
        while !inputHasEnded() {
            let start = Date()
            let days = 300 + waits.count % 90
            try await installation.database.write { transaction in
                let context = Context(
                    workspace: workspace,
                    actor: "bench",
                    source: .manualEdit,
                    moment: transaction.moment
                )
                try SettingStore(workspace).set(
                    .taskRetentionDays,
                    to: days,
                    by: context,
                    in: transaction
                )
            }
            waits.append(Date().timeIntervalSince(start) * 1_000)
        }
        let sorted = waits.sorted()
        let p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        print("\(sorted.count) \(sorted[sorted.count / 2]) \(p99) \(sorted.last ?? 0)")
    }

    /// Waits 50 ms for the end of the standard input.
    private func inputHasEnded() -> Bool {
        var poller = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 50) > 0 else { return false }
        var byte: UInt8 = 0
        return read(STDIN_FILENO, &byte, 1) == 0
    }
}
