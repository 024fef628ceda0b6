// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Common

/// A libcurl easy handle for one POST; used by one thread.
final class WebhookHandle {
    private let handle: UnsafeMutableRawPointer
    private let gate: SocketGate
    private let answer = AnswerCount()
    private let errorText: UnsafeMutablePointer<CChar>

    init(timeLimit: Span, allowsInside: Bool) throws {
        guard let handle = Curl.handle() else {
            throw MessagingError.setting(name: "HTTP library", problem: "could not be started")
        }
        self.handle = handle
        gate = SocketGate(allowsInside: allowsInside)
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        configure(milliseconds: Int(max(1, timeLimit.microseconds / 1_000)))
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    private func configure(milliseconds: Int) {
        // A proxy of the environment would resolve the name, unjudged.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_USERAGENT, "millrace")
        millrace_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        millrace_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        millrace_curl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds)
        millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        gate.guardSockets(of: handle)
        let context = Unmanaged.passUnretained(answer).toOpaque()
        millrace_curl_set_write(handle, takeAnswer, context)
    }

    func post(_ body: [UInt8], to url: String, headers: [String]) -> WebhookAnswer {
        set(CURLOPT_URL, url)
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { list = curl_slist_append(list, header) }
        defer { curl_slist_free_all(list) }
        millrace_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
        millrace_curl_set_long(handle, CURLOPT_POST, 1)
        millrace_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        let code = body.withUnsafeBufferPointer { bytes in
            millrace_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            return curl_easy_perform(handle)
        }
        return result(code)
    }

    /// An answer that is longer than anyone reads is one too.
    private func result(_ code: CURLcode) -> WebhookAnswer {
        var status = 0
        millrace_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        let isCut = code == CURLE_WRITE_ERROR && answer.isFull
        if code == CURLE_OK || isCut { return .status(status) }
        if gate.hasRefused { return .refused }
        let own = String(cString: errorText)
        return .failed(own.isEmpty ? String(cString: curl_easy_strerror(code)) : own)
    }

    private func set(_ option: CURLoption, _ value: String) {
        millrace_curl_set_string(handle, option, value)
    }
}

/// Counts how much of an answer came, which nobody looks at.
private final class AnswerCount {
    private static let longest = 65_536

    private var taken = 0
    /// Whether more came than is read.
    var isFull: Bool { taken > AnswerCount.longest }

    /// Counts what came; false when it is enough.
    func take(_ count: Int) -> Bool {
        taken += count
        return !isFull
    }
}

/// Reads an answer's body up to a limit.
private func takeAnswer(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let answer = Unmanaged<AnswerCount>.fromOpaque(context).takeUnretainedValue()
    return answer.take(size * count) ? size * count : 0
}
