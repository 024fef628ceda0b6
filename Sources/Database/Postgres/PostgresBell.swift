// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Foundation

/// Carries rings between nodes by LISTEN and NOTIFY.
///
/// At most one NOTIFY in 100 ms, outside of all transactions: one a transaction cost 60 % of the
/// throughput (design/architecture.md, "Tasks").
final class PostgresBell: @unchecked Sendable {
    private let address: PostgresAddress
    private let side: PostgresSide
    private let time: PostgresTime
    private let queue = DispatchQueue(label: "millrace.notify")
    // The lock guards the two variables.
    private let lock = NSLock()
    private var isPlanned = false
    private var isClosed = false

    private static let channel = "millrace"
    private static let pause = DispatchTimeInterval.milliseconds(100)

    init(_ address: PostgresAddress, _ side: PostgresSide, _ time: PostgresTime) {
        self.address = address
        self.side = side
        self.time = time
    }

    /// Plans a notification; those that come before it is sent are the same one.
    func spread() {
        lock.lock()
        defer { lock.unlock() }
        guard !isPlanned, !isClosed else { return }
        isPlanned = true
        queue.async { [self] in
            lock.withLock { isPlanned = false }
            _ = try? side.run("NOTIFY \(PostgresBell.channel)")
            // The queue is serial: whoever comes next waits for this pause to end.
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    /// Rings a bell whenever another node does, on a thread of its own until the bell is gone.
    func listen(for bell: Bell) {
        Thread.detachNewThread { [self, weak bell] in
            while !lock.withLock({ isClosed }), bell != nil {
                guard let link = try? PostgresPool.connect(address, patience: 0),
                    (try? link.run("LISTEN \(PostgresBell.channel)")) != nil
                else {
                    Thread.sleep(forTimeInterval: 0.5)
                    continue
                }
                // What was rung while nobody listened.
                bell?.ringHere()
                hear(link) { bell?.ringHere() != nil }
            }
        }
    }

    func close() { lock.withLock { isClosed = true } }

    private func hear(_ link: PostgresLink, _ ring: () -> Bool) {
        var asked: ContinuousClock.Instant?
        while !lock.withLock({ isClosed }) {
            if asked.map({ ContinuousClock.now - $0 > .seconds(60) }) ?? true {
                guard (try? time.ask(link)) != nil else { return }
                asked = .now
            }
            var socket = pollfd(fd: PQsocket(link.pointer), events: Int16(POLLIN), revents: 0)
            let ready = poll(&socket, 1, 500)
            guard ready >= 0 || errno == EINTR else { return }
            guard !link.isClosedByServer else { return }
            var wasRung = false
            while let notice = PQnotifies(link.pointer) {
                wasRung = true
                PQfreemem(notice)
            }
            if wasRung, !ring() { return }
        }
    }
}
