// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl

/// The library by which all connections are made.
enum Curl {
    private static let started = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// A fresh easy handle; nil when the library cannot be started.
    static func handle() -> UnsafeMutableRawPointer? {
        started == CURLE_OK ? curl_easy_init() : nil
    }
}
