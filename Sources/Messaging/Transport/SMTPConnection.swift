// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Dispatch

/// One connection to a relay, kept open between mails.
///
/// The libcurl handle is used on this object's own queue only, which makes it safe to share; its calls
/// block and so must not run on Swift's cooperative threads.
final class SMTPConnection: @unchecked Sendable {
    private let handle: SMTPHandle
    private let queue = DispatchQueue(label: "millrace.smtp")

    /// Makes a connection that is opened at the first mail.
    init(_ options: SMTPOptions, url: String) throws {
        handle = try SMTPHandle()
        try handle.configure(options, url: url)
    }

    deinit {
        // Closing says QUIT and waits for its reply.
        queue.async { [handle] in handle.close() }
    }

    /// Hands over mails one after the other.
    func deliver(
        _ mails: ArraySlice<OutgoingMail>,
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.run(mails, mayStart: mayStart)) }
        }
    }

    private func run(
        _ mails: ArraySlice<OutgoingMail>,
        mayStart: () -> Bool
    ) -> [DeliveryResult] {
        var unreachable: DeliveryResult?
        return mails.map { mail in
            guard mayStart() else { return .notStarted }
            if let unreachable { return unreachable }
            let exchange = handOver(mail)
            if exchange.failedToConnect { unreachable = exchange.result }
            return exchange.result
        }
    }

    /// Hands over one mail; once more when a kept connection turns out to have been closed.
    private func handOver(_ mail: OutgoingMail) -> SMTPExchange {
        let first = handle.perform(SMTPExchange(mail.content), of: mail)
        guard first.foundConnectionClosed else { return first }
        return handle.perform(SMTPExchange(mail.content), of: mail)
    }
}
