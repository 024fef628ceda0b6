// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl

/// The beginning of a connection, which libcurl makes: greeting, EHLO, STARTTLS, login.
final class SMTPGreeting {
    /// The words of the relay's last EHLO reply, such as `PIPELINING`.
    private(set) var offers: Set<String> = []
    private var lastReply = ""
    private var isHello = false
    private var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))

    /// Makes the connection and leaves it open.
    func connect(
        _ handle: UnsafeMutableRawPointer,
        _ options: SMTPOptions,
        _ url: String
    ) -> CURLcode {
        configure(handle, options, url)
        return errorText.withUnsafeMutableBufferPointer { buffer in
            millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, buffer.baseAddress)
            let context = Unmanaged.passUnretained(self).toOpaque()
            millrace_curl_set_debug(handle, noteDialogue, context)
            let code = withExtendedLifetime(self) { curl_easy_perform(handle) }
            millrace_curl_set_long(handle, CURLOPT_VERBOSE, 0)
            millrace_curl_set_debug(handle, noteDialogue, nil)
            millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
            return code
        }
    }

    /// What went wrong, in the words of the library and of the relay.
    func failure(_ code: CURLcode) -> String {
        let own = String(decoding: errorText.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        let words = own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
        return lastReply.isEmpty ? words : "\(words) (\(lastReply))"
    }

    private func configure(
        _ handle: UnsafeMutableRawPointer,
        _ options: SMTPOptions,
        _ url: String
    ) {
        millrace_curl_set_string(handle, CURLOPT_URL, url)
        // The environment's proxies are meant for web pages.
        millrace_curl_set_string(handle, CURLOPT_PROXY, "")
        for (option, value) in [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECT_ONLY, 1), (CURLOPT_VERBOSE, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout * 1_000),
            (CURLOPT_TIMEOUT_MS, options.connectTimeout * 2_000),
        ] { millrace_curl_set_long(handle, option, value) }
        if options.security == .startTLS {
            millrace_curl_set_long(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if let trustFile = options.trustFile {
            millrace_curl_set_string(handle, CURLOPT_CAINFO, trustFile)
        }
        guard let login = options.login else { return }
        millrace_curl_set_string(handle, CURLOPT_USERNAME, login.user)
        millrace_curl_set_string(handle, CURLOPT_PASSWORD, login.password)
    }

    /// Notes which command is answered next; nothing of it is kept, since it may hold secrets.
    fileprivate func noteCommand(_ bytes: UnsafeRawBufferPointer) {
        isHello = bytes.starts(with: "EHLO".utf8)
        if isHello { offers = [] }
    }

    fileprivate func noteReply(_ bytes: UnsafeRawBufferPointer) {
        let line = HeaderText.fold(String(decoding: bytes, as: UTF8.self))
        guard let code = Int(line.prefix(3)) else { return }
        if isHello, code == 250 {
            offers.insert(String(line.dropFirst(4).prefix { $0 != " " }).uppercased())
        }
        lastReply = code >= 400 ? line : ""
    }
}

/// Shows the greeting which commands are sent and what the peer replies.
private func noteDialogue(
    handle: UnsafeMutableRawPointer?,
    kind: curl_infotype,
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let data, let context else { return 0 }
    let greeting = Unmanaged<SMTPGreeting>.fromOpaque(context).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    if kind == CURLINFO_HEADER_OUT { greeting.noteCommand(bytes) }
    if kind == CURLINFO_HEADER_IN { greeting.noteReply(bytes) }
    return 0
}
