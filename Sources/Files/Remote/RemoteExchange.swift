// SPDX-License-Identifier: Apache-2.0
import Crypto
import Foundation

/// What is moved and said during one call on a server, as libcurl's callbacks tell it.
final class RemoteExchange {
    /// Takes what comes.
    var sink: ((UnsafeRawBufferPointer) throws -> Void)?
    /// Fills a buffer with what goes; 0 at the end.
    var source: ((UnsafeMutableRawBufferPointer) throws -> Int)?
    /// What went wrong on this side.
    private(set) var failure: (any Error)?
    /// Whether the login was done and the work on files began.
    private(set) var hasStarted = false
    /// Whether user and proof were being shown.
    private(set) var isLoggingIn = false
    /// Whether the server was given up because nothing moved.
    private(set) var hasStalled = false
    /// The key that the server showed.
    private(set) var shownKey: HostKey?
    /// What the server offers to log in by.
    private(set) var loginMethods: String?
    /// The last refusal in the words of the server (RFC 959 section 4.2).
    private(set) var refusal: (code: Int, text: String)?
    /// The text that commands are answered with.
    private(set) var answer = ""

    private let hostKeys: [String]
    private let stall: Duration
    private var lastMoved = (bytes: Int64(0), at: ContinuousClock.now)
    private var replyLines: [String] = []

    init(hostKeys: [String], stall: Int) {
        self.hostKeys = hostKeys
        self.stall = .seconds(stall)
    }

    /// Whether the server's key is one that is known.
    var isKeyKnown: Bool { shownKey.map { hostKeys.contains($0.fingerprint) } ?? true }

    /// Takes bytes; false ends the call.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        attempt { try sink?(bytes) } != nil
    }

    /// Gives bytes; nil ends the call.
    func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        attempt { try source?(buffer) ?? 0 }
    }

    /// Notes that the work on files begins.
    func start() {
        hasStarted = true
        lastMoved.at = .now
    }

    /// Decides about the server's key.
    func accepts(_ key: HostKey) -> Bool {
        shownKey = key
        isLoggingIn = isKeyKnown
        return isKeyKnown
    }

    /// Notes how much was moved; false ends the call because nothing moves any more.
    func progress(_ bytes: Int64) -> Bool {
        let now = ContinuousClock.now
        if bytes != lastMoved.bytes || !hasStarted { lastMoved = (bytes, now) }
        hasStalled = now - lastMoved.at > stall
        return !hasStalled
    }

    /// Notes a command by its first word only: the rest may hold secrets.
    func noteCommand(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: "USER ".utf8) { isLoggingIn = true }
    }

    /// Notes a line of a reply.
    func noteReply(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        replyLines.append(line)
        guard let code = Int(line.prefix(3)), line.dropFirst(3).first != "-" else { return }
        let words = replyLines.map { $0.hasPrefix("\(code)") ? String($0.dropFirst(4)) : $0 }
        // A refusal that was put up with is followed by other replies.
        refusal =
            code < 400 ? nil : (code, PrintedName.plain(words.joined(separator: " ")))
        replyLines = []
    }

    /// Notes what libcurl says about a login by SSH.
    func noteText(_ bytes: UnsafeRawBufferPointer) {
        let start = "SSH authentication methods available: "
        let line = String(decoding: bytes.prefix(300), as: UTF8.self)
        guard line.hasPrefix(start) else { return }
        loginMethods = PrintedName.plain(
            line.dropFirst(start.count).trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }

    /// Notes the answer to a command, at most 64 KB.
    func noteAnswer(_ bytes: UnsafeRawBufferPointer) {
        guard answer.utf8.count < 1 << 16 else { return }
        answer += String(decoding: bytes, as: UTF8.self)
    }

    private func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            failure = error
            return nil
        }
    }
}

/// The key by which a server proves itself (RFC 4253 section 8).
struct HostKey: Hashable {
    /// Its kind, such as `ssh-ed25519`.
    let kind: String
    /// Its fingerprint as OpenSSH writes it: `SHA256:` and base64 without padding.
    let fingerprint: String

    /// Reads a key in the form of the protocol: a length, the kind, the rest.
    init(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        kind = PrintedName.plain(
            String(decoding: bytes.dropFirst(4).prefix(min(count, 64)), as: UTF8.self)
        )
        let digest = SHA256.hash(data: Data(bytes))
        let text = Data(digest).base64EncodedString()
        fingerprint = "SHA256:" + text.prefix { $0 != "=" }
    }

    /// Kind and fingerprint, as people compare them.
    var description: String { "\(kind) \(fingerprint)" }
}
