// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Dispatch

/// A mailbox of an IMAP server (RFC 3501), over one connection.
///
/// Reading a mail marks it as seen, so seen is no sign: what was dealt with is deleted, or has the
/// keyword `MillraceKept`.
public final class IMAPMailbox: MailboxReader {
    private static let kept = "MillraceKept"
    private let handle: IMAPHandle
    private let url: String
    private let queue = DispatchQueue(label: "millrace.imap")

    /// Makes a mailbox; it is reached at the first call.
    ///
    /// - Throws: ``MailboxError`` when the library cannot be started.
    public init(_ options: IMAPOptions, password: String, trustFile: String? = nil) throws {
        handle = try IMAPHandle()
        url = options.url
        handle.configure(user: options.user, password: password, trustFile: trustFile)
    }

    deinit { queue.async { [handle] in handle.close() } }

    /// The UIDs of what is neither deleted nor kept.
    public func waiting(atMost limit: Int) async throws -> [String] {
        let answer = try await perform(url, "UID SEARCH UNDELETED UNKEYWORD \(IMAPMailbox.kept)")
        let words = String(decoding: answer, as: UTF8.self)
            .split(whereSeparator: \.isNewline).filter { $0.hasPrefix("* SEARCH") }
            .flatMap { $0.split(separator: " ").dropFirst(2) }
        return Array(words.compactMap { UInt32($0) }.sorted().prefix(limit).map(String.init))
    }

    /// A mail by its UID.
    public func read(_ name: String, upTo limit: Int) async throws -> [UInt8]? {
        let bytes = try await perform("\(url)/;UID=\(name)", nil, limit: limit)
        return bytes.isEmpty ? nil : bytes
    }

    /// Marks mails as deleted, or as kept, with one command.
    public func finish(_ names: [String], keeping isKept: Bool) async throws {
        guard !names.isEmpty else { return }
        let flag = isKept ? IMAPMailbox.kept : "\\Deleted"
        let set = names.joined(separator: ",")
        _ = try await perform(url, "UID STORE \(set) +FLAGS.SILENT (\(flag))")
    }

    /// Removes what is marked as deleted.
    public func close() async throws { _ = try await perform(url, "EXPUNGE") }

    private func perform(
        _ url: String,
        _ command: String?,
        limit: Int = 16 << 20
    ) async throws -> [UInt8] {
        let result = await withCheckedContinuation { continuation in
            queue.async { [handle] in
                continuation.resume(
                    returning: Result { try handle.perform(url, command, limit: limit) }
                )
            }
        }
        return try result.get()
    }
}

/// A libcurl easy handle that speaks IMAP; used on its mailbox's queue only.
private final class IMAPHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws {
        guard let handle = Curl.handle() else {
            throw MailboxError("The IMAP library could not be started.")
        }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { errorText.deallocate() }

    func close() { curl_easy_cleanup(handle) }

    func configure(user: String, password: String, trustFile: String?) {
        // The environment's proxies are meant for web pages.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, 15_000)
        set(CURLOPT_TIMEOUT_MS, 120_000)
        set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        set(CURLOPT_USERNAME, user)
        set(CURLOPT_PASSWORD, password)
        millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        if let trustFile { set(CURLOPT_CAINFO, trustFile) }
    }

    /// Carries out a command, or fetches what the address names.
    func perform(_ url: String, _ command: String?, limit: Int) throws -> [UInt8] {
        let answer = IMAPAnswer(limit: limit)
        set(CURLOPT_URL, url)
        if let command {
            set(CURLOPT_CUSTOMREQUEST, command)
        } else {
            millrace_curl_set_pointer(handle, CURLOPT_CUSTOMREQUEST, nil)
        }
        millrace_curl_set_write(handle, keep, Unmanaged.passUnretained(answer).toOpaque())
        errorText.pointee = 0
        let code = withExtendedLifetime(answer) { curl_easy_perform(handle) }
        if answer.isTooLarge { return [] }
        // Another reader has removed it meanwhile.
        if command == nil, code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_WEIRD_SERVER_REPLY {
            return []
        }
        guard code == CURLE_OK else { throw MailboxError("The mailbox refused: \(words(code)).") }
        return answer.bytes
    }

    private func words(_ code: CURLcode) -> String {
        let own = String(cString: errorText)
        return own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    }

    private func set(_ option: CURLoption, _ value: Int) {
        millrace_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        millrace_curl_set_string(handle, option, value)
    }
}

/// What a server answers, up to a limit.
private final class IMAPAnswer {
    private let limit: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isTooLarge = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes some bytes; false when they are too many.
    func take(_ more: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = bytes.count + more.count > limit
        if !isTooLarge { bytes += more }
        return !isTooLarge
    }
}

/// Gives the answer what libcurl has read.
private func keep(
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let data, let context else { return 0 }
    let answer = Unmanaged<IMAPAnswer>.fromOpaque(context).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
    return answer.take(bytes) ? size * count : 0
}
