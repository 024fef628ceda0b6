// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// One connection to a relay, kept open between mails.
///
/// It is used on this object's own queue only, which makes it safe to share; its calls block and so
/// must not run on Swift's cooperative threads.
final class SMTPConnection: @unchecked Sendable {
    private let options: SMTPOptions
    private let url: String
    private let queue = DispatchQueue(label: "millrace.smtp")
    private var session: SMTPSession?

    /// Makes a connection that is opened at the first mail.
    init(_ options: SMTPOptions, url: String) {
        self.options = options
        self.url = url
    }

    deinit {
        // Closing says QUIT and waits for its reply.
        guard let session else { return }
        nonisolated(unsafe) let last = session
        queue.async { withExtendedLifetime(last) {} }
    }

    /// Hands over mails of a batch as long as there are some.
    func deliver(_ batch: MailBatch, as number: Int) async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.run(batch, batch.first(number))
                continuation.resume()
            }
        }
    }

    private func open() throws(SMTPFailure) -> SMTPSession {
        if let session { return session }
        return SMTPSession(try SMTPLine(options, url: url))
    }

    private func run(_ batch: MailBatch, _ first: Int?) {
        var first = first
        while let index = first ?? batch.next() {
            first = nil
            do throws(SMTPFailure) {
                let session = try open()
                self.session = session.run(batch, from: index) ? session : nil
            } catch {
                return batch.giveUp(index, error)
            }
        }
    }
}
