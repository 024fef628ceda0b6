// SPDX-License-Identifier: Apache-2.0
import API
import Foundation

/// The headers that every answer of the console carries.
enum SecurityHeaders {
    /// Nothing from elsewhere, no inline script or style, no frame of others around it
    /// (Content Security Policy Level 3).
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"

    /// What a mail is shown under: it runs nothing and reaches nothing; its own styles are its
    /// content, and it has an origin of its own.
    static let mail =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
        + "frame-ancestors 'self'"

    static func all(with policy: String?) -> [(name: String, value: String)] {
        var headers = [
            (name: "Referrer-Policy", value: "same-origin"),
            (name: "Cross-Origin-Opener-Policy", value: "same-origin"),
            (name: "Cross-Origin-Resource-Policy", value: "same-origin"),
            (name: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()"),
        ]
        if let policy {
            headers.append(("Content-Security-Policy", policy))
            headers.append(("X-Frame-Options", "DENY"))
        }
        return headers
    }
}

/// Refuses forms of other sites before they are read: what browsers say of where a request comes from
/// (Fetch, 2.2.5 and Fetch Metadata).
enum OriginRule {
    /// - Parameters:
    ///   - request: The request.
    ///   - address: The console's own address, where a proxy changes what the request says of it.
    /// - Throws: ``PageError/stale``.
    static func check(_ request: SiteRequest, at address: String? = nil) throws {
        guard request.method == "POST" else { return }
        if let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" {
            throw PageError.stale
        }
        guard let origin = request.headers["origin"], let host = request.headers["host"] else {
            return
        }
        if let address, origin.lowercased() == address.lowercased() { return }
        guard origin.lowercased().hasSuffix("://\(host.lowercased())") else {
            throw PageError.stale
        }
    }
}

/// Reads the body of a plain form.
enum BodyReader {
    private static let largest = 8 << 20

    static func form(_ request: SiteRequest) async throws -> Form {
        let type = request.headers["content-type"] ?? ""
        guard type.lowercased().hasPrefix("application/x-www-form-urlencoded") else {
            throw PageError.bad("the form has another type")
        }
        let bytes = Collected()
        try await request.body { piece in
            guard await bytes.add(piece) <= largest else {
                throw PageError.bad("the form is too long")
            }
        }
        return Form(encoded: String(decoding: await bytes.all, as: UTF8.self))
    }

    private actor Collected {
        var all: [UInt8] = []

        func add(_ piece: [UInt8]) -> Int {
            all += piece
            return all.count
        }
    }
}
