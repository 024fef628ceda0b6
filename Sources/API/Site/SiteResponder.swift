// SPDX-License-Identifier: Apache-2.0
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// Carries requests to a site and its answers back.
struct SiteResponder: Sendable {
    let site: any WebSite
    let options: ServerOptions

    /// The answer, when the path is the site's.
    func respond(to request: Request, path: [String], address: String) async -> Response? {
        guard site.owns(path) else { return nil }
        let answer = await site.answer(plain(request, path, address))
        var fields = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: fields,
            body: SiteResponder.body(answer.body)
        )
    }

    private func plain(_ request: Request, _ path: [String], _ address: String) -> SiteRequest {
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            // HTTP/2 may split the cookie header (RFC 9113, 8.2.3).
            headers[name] = headers[name].map { "\($0); \(field.value)" } ?? field.value
        }
        if let authority = request.head.authority, headers["host"] == nil {
            headers["host"] = authority
        }
        let limit = options.largestUpload
        return SiteRequest(
            method: request.method.rawValue,
            path: path,
            query: request.uri.query ?? "",
            headers: headers,
            address: address
        ) { receive in
            var count: Int64 = 0
            for try await buffer in request.body {
                count += Int64(buffer.readableBytes)
                guard count <= limit else {
                    throw Problem(413, "the file has more than \(limit) bytes")
                }
                try await receive(Array(buffer.readableBytesView))
            }
        }
    }

    private static func body(_ body: SiteAnswer.Body) -> ResponseBody {
        switch body {
        case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .pieces(let next):
            ResponseBody { writer in
                while let piece = try next() {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            }
        case .live(let next):
            ResponseBody { writer in
                while !Task.isShuttingDownGracefully, !Task.isCancelled,
                    let piece = try await next()
                {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            }
        }
    }
}
