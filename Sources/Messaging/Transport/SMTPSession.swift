// SPDX-License-Identifier: Apache-2.0

/// The dialogue about mails over one connection (RFC 5321), in groups of commands where the relay
/// allows it (RFC 2920): the end of one mail travels with the envelope of the next, so that a mail
/// costs one way to the relay and back.
///
/// It knows of each mail how far it came, which tells a refused recipient from a lost connection, and
/// a cut before the end of the content from one after it.
final class SMTPSession {
    private let line: SMTPLine
    private let pipelines: Bool
    /// Whether the relay still holds the envelope of a mail that it refused.
    private var mustReset = false
    private var output: [UInt8] = []

    init(_ line: SMTPLine) {
        self.line = line
        pipelines = line.offers.contains("PIPELINING")
    }

    /// Hands over mails of a batch, beginning with one, until there are none.
    ///
    /// - Returns: Whether the connection can be used for more.
    func run(_ batch: MailBatch, from first: Int) -> Bool {
        var following: Int? = first
        var open: Int?
        while true {
            if open == nil || pipelines { following = following ?? batch.next() }
            guard open != nil || following != nil else { return true }
            let end = compose(open, following, batch)
            let sent = line.send(output)
            if let index = open {
                batch.finish(index, conclusion(sent.taken >= end, sent.failure))
            }
            if let failure = sent.failure {
                if let index = following { batch.giveBack(index, failure) }
                return false
            }
            open = nil
            guard let index = following else { continue }
            following = nil
            switch envelope(batch.mails[index]) {
            case .open: open = index
            case .refused(let result): batch.finish(index, result)
            case .closed(let failure):
                batch.giveBack(index, failure)
                return false
            }
        }
    }

    /// Puts the content of one mail and the envelope of the next into the output; gives where the
    /// content ends.
    private func compose(_ open: Int?, _ following: Int?, _ batch: MailBatch) -> Int {
        output.removeAll(keepingCapacity: true)
        if let open { DotStuffing.append(batch.mails[open].content, to: &output) }
        let end = output.count
        guard let following else { return end }
        let mail = batch.mails[following]
        if mustReset { output.append(contentsOf: "RSET\r\n".utf8) }
        output.append(contentsOf: "MAIL FROM:<\(mail.sender.text)>\r\n".utf8)
        if pipelines { output.append(contentsOf: "\(recipient(mail))DATA\r\n".utf8) }
        return end
    }

    private func recipient(_ mail: OutgoingMail) -> String {
        "RCPT TO:<\(mail.recipient.text)>\r\n"
    }

    /// What became of a mail whose content was sent, as far as it was.
    private func conclusion(_ isComplete: Bool, _ failure: SMTPFailure?) -> DeliveryResult {
        do {
            let reply = try line.reply()
            if reply.isPositive, isComplete { return .accepted(reply: reply.text) }
            if reply.isRefusal { return reply.refusal(.content) }
            return .inDoubt(reason: "The relay replied \(reply.words)")
        } catch {
            let reason = failure?.description ?? error.description
            return isComplete ? .inDoubt(reason: reason) : .notHandedOver(reason: reason)
        }
    }

    private enum Envelope {
        /// The relay waits for the content.
        case open
        /// This mail is refused.
        case refused(DeliveryResult)
        /// The connection was lost before the relay looked at this mail.
        case closed(SMTPFailure)
    }

    private func envelope(_ mail: OutgoingMail) -> Envelope {
        do throws(SMTPFailure) {
            if mustReset {
                _ = try line.reply()
                mustReset = false
            }
            let sender = try line.reply()
            guard !sender.isClosing else { return .closed(SMTPFailure(sender.words)) }
            return pipelines ? rest(sender) : rest(sender, mail)
        } catch { return .closed(error) }
    }

    /// The replies to commands that were sent together: each is read, whatever the one before says.
    private func rest(_ sender: SMTPReply) -> Envelope {
        var replies = [sender]
        do throws(SMTPFailure) {
            replies.append(try line.reply())
            replies.append(try line.reply())
        } catch {
            return refusal(replies) ?? .closed(error)
        }
        let isOpen = replies[2].code == 354
        guard let refused = refusal(replies) else {
            return isOpen ? .open : .closed(SMTPFailure("The relay replied \(replies[2].words)"))
        }
        if isOpen {
            // It wants content for nobody (RFC 2920 section 3.1): a lone dot.
            let sent = line.send(Array(".\r\n".utf8))
            if sent.failure == nil { _ = try? line.reply() }
        } else {
            mustReset = true
        }
        return refused
    }

    /// One command after the other, each once the one before was granted.
    private func rest(_ sender: SMTPReply, _ mail: OutgoingMail) -> Envelope {
        var replies = [sender]
        for command in [recipient(mail), "DATA\r\n"] {
            if let refused = refusal(replies) {
                mustReset = true
                return refused
            }
            do throws(SMTPFailure) {
                if let failure = line.send(Array(command.utf8)).failure { throw failure }
                replies.append(try line.reply())
            } catch { return .closed(error) }
        }
        if replies[2].code == 354 { return .open }
        mustReset = true
        return refusal(replies) ?? .closed(SMTPFailure("The relay replied \(replies[2].words)"))
    }

    /// The first refusal of an envelope: of its sender, its recipient, or the content to come.
    private func refusal(_ replies: [SMTPReply]) -> Envelope? {
        let stages: [DeliveryResult.Stage] = [.sender, .recipient, .content]
        for (reply, stage) in zip(replies, stages) where reply.isRefusal {
            return .refused(reply.refusal(stage))
        }
        return nil
    }
}

/// Ends content for DATA (RFC 5321 section 4.5.2).
enum DotStuffing {
    /// Appends content with a second dot before each line that begins with one, and its end mark.
    static func append(_ content: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(output.count + content.count + 256)
        var start = 0
        if content.first == 0x2E { output.append(0x2E) }
        var position = 0
        while let feed = content[position...].firstIndex(of: 0x0A) {
            position = feed + 1
            guard position < content.count, content[position] == 0x2E else { continue }
            output.append(contentsOf: content[start..<position])
            output.append(0x2E)
            start = position
        }
        output.append(contentsOf: content[start...])
        if !content.isEmpty, content.suffix(2) != [0x0D, 0x0A] {
            output.append(contentsOf: [0x0D, 0x0A])
        }
        output.append(contentsOf: [0x2E, 0x0D, 0x0A])
    }
}
