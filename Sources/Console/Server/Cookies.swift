// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The console's cookies (RFC 6265bis).
///
/// All carry `Secure`: browsers keep them over HTTPS, and over HTTP only for this machine itself.
enum Cookies {
    static let session = "__Host-millrace"
    static let notice = "millrace-notice"
    static let theme = "millrace-theme"
    static let zone = "millrace-zone"

    /// The values of a `Cookie` header by name.
    static func read(_ header: String?) -> [String: String] {
        var values: [String: String] = [:]
        for part in (header ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            values[pair[0].trimmingCharacters(in: .whitespaces)] =
                pair[1].trimmingCharacters(in: .whitespaces)
        }
        return values
    }

    /// A cookie that lives as long as the browser, or so many seconds.
    static func set(_ name: String, _ value: String, seconds: Int? = nil) -> String {
        let life = seconds.map { "; Max-Age=\($0)" } ?? ""
        return "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax\(life)"
    }

    static func clear(_ name: String) -> String { set(name, "", seconds: 0) }

    /// A sentence as a cookie holds it.
    static func encode(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func decode(_ text: String) -> String? {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        while base64.utf8.count % 4 != 0 { base64.append("=") }
        return Data(base64Encoded: base64).flatMap { String(data: $0, encoding: .utf8) }
    }
}
