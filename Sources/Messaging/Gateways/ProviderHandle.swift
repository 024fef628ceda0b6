// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl

/// A libcurl easy handle for requests to a gateway, whose connection is kept between them; used by
/// one thread at a time.
final class ProviderHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    init(timeLimit milliseconds: Int) throws {
        guard let handle = Curl.handle() else {
            throw MessagingError.setting(name: "HTTP library", problem: "could not be started")
        }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        configure(milliseconds)
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    private func configure(_ milliseconds: Int) {
        // A proxy of the environment would resolve the name, unjudged.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_USERAGENT, "millrace")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_VERBOSE, 1)
        set(CURLOPT_TIMEOUT_MS, milliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, min(15_000, milliseconds))
        // A connection that was idle for longer is probably closed at the other end.
        set(CURLOPT_MAXAGE_CONN, 30)
        millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    }

    /// Makes one request and waits for its answer.
    func perform(_ request: ProviderRequest, _ exchange: ProviderExchange) -> ProviderAnswer {
        set(CURLOPT_URL, request.url)
        var list: UnsafeMutablePointer<curl_slist>?
        for header in request.headers + ["Expect:"] { list = curl_slist_append(list, header) }
        defer {
            millrace_curl_set_pointer(handle, CURLOPT_HTTPHEADER, nil)
            curl_slist_free_all(list)
        }
        millrace_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
        exchange.gate.guardSockets(of: handle)
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        millrace_curl_set_write(handle, takeAnswer, context)
        millrace_curl_set_debug(handle, noteDialogue, context)
        errorText.pointee = 0
        let code = withExtendedLifetime(exchange) { perform(request) }
        millrace_curl_set_debug(handle, noteDialogue, nil)
        var status = 0
        millrace_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        let isCut = code == CURLE_WRITE_ERROR && exchange.isFull
        if code == CURLE_OK || isCut { return .status(status, exchange.answer) }
        if exchange.hasSent { return .unanswered(words(for: code)) }
        return exchange.gate.hasRefused ? .refused : .unreached(words(for: code))
    }

    private func perform(_ request: ProviderRequest) -> CURLcode {
        guard request.method == "POST" else {
            set(CURLOPT_HTTPGET, 1)
            return curl_easy_perform(handle)
        }
        set(CURLOPT_POST, 1)
        millrace_curl_set_offset(
            handle,
            CURLOPT_POSTFIELDSIZE_LARGE,
            curl_off_t(request.body.count)
        )
        return request.body.withUnsafeBufferPointer { bytes in
            millrace_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            return curl_easy_perform(handle)
        }
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

/// Reads an answer's body up to a limit.
private func takeAnswer(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let context, let bytes else { return 0 }
    let exchange = Unmanaged<ProviderExchange>.fromOpaque(context).takeUnretainedValue()
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange.take(piece) ? size * count : 0
}

/// Notes that the request leaves.
private func noteDialogue(
    handle: UnsafeMutableRawPointer?,
    kind: curl_infotype,
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context, kind == CURLINFO_HEADER_OUT else { return 0 }
    Unmanaged<ProviderExchange>.fromOpaque(context).takeUnretainedValue().noteSent()
    return 0
}
