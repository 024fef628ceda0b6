// SPDX-License-Identifier: Apache-2.0
import Common
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// The names that requests have, and what is read from their headers.
enum RequestNames {
    static let header = HTTPField.Name("X-Request-Id") ?? .userAgent
    static let repeatKey = HTTPField.Name("Idempotency-Key") ?? .userAgent

    /// The caller's id when it is harmless in a log line, else a new one.
    static func id(_ given: String?) -> String {
        if let given, given.wholeMatch(of: #/[A-Za-z0-9._-]{1,64}/#) != nil { return given }
        let number = SystemRandomness().next()
        return String(number, radix: 16)
    }

    /// The media type without its parameters, in lower case.
    static func mediaType(_ header: String) -> String {
        let type = header.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
        return type.trimmingPrefix(while: \.isWhitespace).split(separator: " ").first
            .map { $0.lowercased() } ?? ""
    }
}

extension Answer {
    /// The answer as the server sends it.
    var response: Response {
        var fields = HTTPFields()
        fields[.contentType] = mediaType
        for header in headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: fields,
            body: responseBody
        )
    }

    private var responseBody: ResponseBody {
        switch body {
        case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .pieces(let next):
            ResponseBody { writer in
                while let piece = try next() {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            }
        }
    }
}
