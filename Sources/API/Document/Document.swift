// SPDX-License-Identifier: Apache-2.0
import Common

/// The OpenAPI 3.1 document of everything below `/v1`, made from the declarations.
struct Document {
    private let directory: Directory
    private let version: String

    init(_ directory: Directory, version: String) {
        self.directory = directory
        self.version = version
    }

    /// The document as JSON.
    var bytes: [UInt8] {
        get throws { try JSONBytes(json).bytes }
    }

    private var json: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Millrace", "version": .string(version),
                "summary": "Imports, sends, exports and their tasks.",
                "description": "Conventions and worked examples: docs/api in the repository.",
            ],
            "servers": [["url": "/v1"]], "security": [["token": []]], "paths": paths,
            "components": [
                "schemas": ["Refusal": Schemas.refusal],
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private var paths: JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for operation in directory.endpoints.flatMap(\.operations) {
            paths[operation.path, default: [:]][operation.method.rawValue.lowercased()] =
                operation.json
        }
        return .object(paths.mapValues(JSONValue.object))
    }
}

extension Operation {
    /// The operation as an Operation Object (OpenAPI 3.1, 4.8.10).
    var json: JSONValue {
        var fields: [String: JSONValue] = [
            "operationId": .string(id), "summary": .string(summary),
            "tags": [.string(path.split(separator: "/").first.map(String.init) ?? "")],
            "description": .string("Needs the scope `\(scope)`."), "responses": responses,
        ]
        if !parameters.isEmpty { fields["parameters"] = .array(parameters.map(\.json)) }
        if !bodies.isEmpty {
            fields["requestBody"] = [
                "required": .boolean(isBodyRequired), "content": .object(bodies.mapValues(content)),
            ]
        }
        return .object(fields)
    }

    private func content(_ schema: JSONValue) -> JSONValue {
        var fields = ["schema": isOpen ? schema.opened : schema]
        if let bodyExample { fields["example"] = bodyExample }
        return .object(fields)
    }

    private var responses: JSONValue {
        var all: [String: JSONValue] = [String(status): success]
        for code in Set(refusals) {
            all[String(code)] = method == .head ? empty("Refused.") : Operation.refused(code)
        }
        return .object(all)
    }

    private var success: JSONValue {
        guard method != .head else { return empty("It is there.") }
        guard let data else {
            return ["description": "The file.", "content": [mediaType: [:]]]
        }
        var content: [String: JSONValue] = [
            "schema": Schemas.envelope(isOpen ? data.opened : data)
        ]
        if let dataExample {
            let count: Int64 =
                if case .array(let rows) = dataExample { Int64(rows.count) } else { 1 }
            content["example"] = [
                "status": "ok",
                "response": ["data": dataExample, "count": .integer(count), "next": nil],
            ]
        }
        return ["description": "It went well.", "content": ["application/json": .object(content)]]
    }

    private func empty(_ words: String) -> JSONValue { ["description": .string(words)] }

    private static func refused(_ code: Int) -> JSONValue {
        [
            "description": .string(meanings[code] ?? "Refused."),
            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Refusal"]]],
        ]
    }

    private static let meanings = [
        400: "What can't be parsed.", 401: "No token, or one that does not work.",
        403: "The role or the token does not allow it.", 404: "It is not there.",
        409: "It is there already, or something stands in the way.", 413: "The body is too large.",
        415: "The body is of another media type.",
        422: "A value is not acceptable; details say which.",
        429: "Too many requests; Retry-After says how long to wait.",
        503: "The database cannot answer now.",
    ]
}

extension JSONValue {
    /// The same schema for objects that may have more properties, and need none.
    fileprivate var opened: JSONValue {
        switch self {
        case .object(var fields):
            fields["additionalProperties"] = nil
            fields["required"] = nil
            return .object(fields.mapValues(\.opened))
        case .array(let values): return .array(values.map(\.opened))
        default: return self
        }
    }
}

extension Operation.Parameter {
    var json: JSONValue {
        var fields: [String: JSONValue] = [
            "name": .string(name), "in": .string(place), "description": .string(meaning),
            "required": .boolean(isRequired), "schema": schema,
        ]
        if let example { fields["example"] = example }
        return .object(fields)
    }
}
