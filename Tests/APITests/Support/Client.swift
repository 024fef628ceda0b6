// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import FoundationNetworking
import Testing

/// Calls a server as a program would.
struct Client: Sendable {
    let port: Int
    var token: String?

    /// One for all, since each has a thread and connections that stay; it keeps nothing else.
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        // Requests that a test makes at once go at once.
        configuration.httpMaximumConnectionsPerHost = 100
        return URLSession(configuration: configuration)
    }()

    init(_ server: TestServer, _ token: String?) {
        port = server.port
        self.token = token
    }

    /// An answer with its body read as JSON.
    struct Reply {
        var status: Int
        var headers: [String: String]
        var body: Data

        /// The body as JSON; null when it is none.
        var json: JSONValue {
            (try? JSONDecoder().decode(JSONValue.self, from: body)) ?? .null
        }

        /// The response's data.
        var data: JSONValue { json["response"]["data"] }
        /// The refusal's sentence.
        var message: String { json["response"]["message"].text }
        /// The refusal's sentences by attribute.
        var details: JSONValue { json["response"]["details"] }
    }

    func get(_ path: String) async throws -> Reply { try await send("GET", path) }

    func post(_ path: String, _ body: JSONValue, key: String? = nil) async throws -> Reply {
        try await send("POST", path, body, key.map { ["Idempotency-Key": $0] } ?? [:])
    }

    func put(_ path: String, _ body: JSONValue) async throws -> Reply {
        try await send("PUT", path, body)
    }

    func delete(_ path: String) async throws -> Reply { try await send("DELETE", path) }

    func send(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> Reply {
        let bytes = try body.map { Data(try JSONText.encode($0).utf8) }
        return try await send(method, path, bytes: bytes, headers)
    }

    func send(
        _ method: String,
        _ path: String,
        bytes: Data?,
        _ headers: [String: String] = [:]
    ) async throws -> Reply {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        var request = URLRequest(url: url, timeoutInterval: 600)
        request.httpMethod = method
        request.httpBody = bytes
        if bytes != nil {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await Self.session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        var fields: [String: String] = [:]
        for (name, value) in http.allHeaderFields {
            fields["\(name)".lowercased()] = "\(value)"
        }
        return Reply(status: http.statusCode, headers: fields, body: data)
    }
}

extension JSONValue {
    /// A member of an object; null when there is none.
    subscript(_ name: String) -> JSONValue {
        get {
            guard case .object(let fields) = self else { return .null }
            return fields[name] ?? .null
        }
        set {
            guard case .object(var fields) = self else { return }
            fields[name] = newValue
            self = .object(fields)
        }
    }

    /// An element of an array; null when there is none.
    subscript(_ index: Int) -> JSONValue {
        guard case .array(let values) = self, values.indices.contains(index) else { return .null }
        return values[index]
    }

    /// The text; empty for anything else.
    var text: String {
        guard case .string(let text) = self else { return "" }
        return text
    }

    /// The whole number; -1 for anything else.
    var number: Int64 {
        guard case .integer(let number) = self else { return -1 }
        return number
    }

    /// The elements; none for anything else.
    var elements: [JSONValue] {
        guard case .array(let values) = self else { return [] }
        return values
    }
}
