// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl

/// A libcurl easy handle that sends mails.
///
/// Not to be used by two threads at once; `SMTPConnection` sees to that.
final class SMTPHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else {
            throw MessagingError.setting(name: "SMTP library", problem: "could not be started")
        }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        errorText.deallocate()
    }

    private static let started = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Ends the connection; the handle must not be used afterwards.
    func close() {
        curl_easy_cleanup(handle)
    }

    /// Sets what all mails share.
    func configure(_ options: SMTPOptions, url: String) throws {
        set(CURLOPT_URL, url)
        // The environment's proxies are meant for web pages.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_UPLOAD, 1)
        set(CURLOPT_VERBOSE, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout * 1_000)
        set(CURLOPT_TIMEOUT_MS, options.messageTimeout * 1_000)
        millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        millrace_curl_set_read(handle, readContent, nil)
        millrace_curl_set_debug(handle, noteDialogue, nil)
        if options.security == .startTLS {
            set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if let trustFile = options.trustFile { set(CURLOPT_CAINFO, trustFile) }
        guard let login = options.login else { return }
        set(CURLOPT_USERNAME, login.user)
        set(CURLOPT_PASSWORD, login.password)
    }

    /// Sends one mail and gives the exchange with its result.
    func perform(_ exchange: SMTPExchange, of mail: OutgoingMail) -> SMTPExchange {
        set(CURLOPT_MAIL_FROM, mail.sender.text)
        let recipients = curl_slist_append(nil, mail.recipient.text)
        defer { curl_slist_free_all(recipients) }
        millrace_curl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients)
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        millrace_curl_set_read(handle, readContent, context)
        millrace_curl_set_debug(handle, noteDialogue, context)
        errorText.pointee = 0
        let code = withExtendedLifetime(exchange) { curl_easy_perform(handle) }
        exchange.finish(failure: code == CURLE_OK ? nil : words(for: code))
        millrace_curl_set_debug(handle, noteDialogue, nil)
        millrace_curl_set_pointer(handle, CURLOPT_MAIL_RCPT, nil)
        return exchange
    }

    private func words(for code: CURLcode) -> String {
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

/// Gives libcurl the next bytes of the content.
private func readContent(
    buffer: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let buffer, let context else { return 0 }
    let exchange = Unmanaged<SMTPExchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

/// Shows the exchange which commands are sent and what the peer replies.
private func noteDialogue(
    handle: UnsafeMutableRawPointer?,
    kind: curl_infotype,
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let data, let context else { return 0 }
    let exchange = Unmanaged<SMTPExchange>.fromOpaque(context).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    if kind == CURLINFO_HEADER_OUT { exchange.noteCommand(bytes) }
    if kind == CURLINFO_HEADER_IN { exchange.noteReply(bytes) }
    return 0
}
