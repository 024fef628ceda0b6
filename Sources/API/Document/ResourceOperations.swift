// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common

/// What the declaration of a resource says about its operations.
extension Resource {
    var operations: [Operation] {
        var all = [collection(.get), collection(.head), item(.get), item(.head)]
        if create != nil { all.append(post) }
        if update != nil { all += [put(at: "/\(name)/{id}"), put(at: "/\(name)")] }
        if delete != nil { all += [remove(at: "/\(name)/{id}"), remove(at: "/\(name)")] }
        return all + actions.map(operation)
    }

    private var row: JSONValue { Schemas.object(shown) { _ in true } }

    private var rowExample: JSONValue {
        .object(Dictionary(shown.map { ($0.name, $0.example) }, uniquingKeysWith: { $1 }))
    }

    private func collection(_ method: Method) -> Operation {
        var operation = Operation(
            path: "/\(name)",
            method: method,
            id: "\(method == .get ? "list" : "probe").\(name)",
            summary: method == .get
                ? "\(summary) One page, filtered and sorted." : "Whether any matches.",
            refusals: readRefusals + [404],
            scope: "read"
        )
        operation.parameters = filterParameters + (method == .get ? page : [])
        guard method == .get else { return operation }
        operation.data = ["oneOf": [["type": "array", "items": row], row]]
        operation.dataExample = [rowExample]
        return operation
    }

    private func item(_ method: Method) -> Operation {
        var operation = Operation(
            path: "/\(name)/{id}",
            method: method,
            id: "\(method == .get ? "read" : "probeOne").\(name)",
            summary: method == .get ? "One \(name)." : "Whether it exists.",
            parameters: [pathID],
            refusals: readRefusals + [404],
            scope: "read"
        )
        guard method == .get else { return operation }
        operation.data = row
        operation.dataExample = rowExample
        return operation
    }

    private var post: Operation {
        let given = attributes.filter { $0.onPost != .forbidden }
        let once = secret.map { [$0.attribute] } ?? []
        // A repeated POST is answered without what is answered once.
        let answered = Schemas.object(shown + once) { $0.name != secret?.attribute.name }
        return Operation(
            path: "/\(name)",
            method: .post,
            id: "create.\(name)",
            summary: "Make one.",
            parameters: [Operation.repeatKey],
            bodies: Operation.bodies(Schemas.object(given) { $0.onPost == .required }),
            isBodyRequired: given.contains { $0.onPost == .required },
            bodyExample: Operation.example(given),
            status: createdStatus,
            data: answered,
            dataExample: Operation.example(shown + once),
            refusals: writeRefusals + [404, 409],
            scope: scope.rawValue
        )
    }

    private func put(at path: String) -> Operation {
        let hasID = path.contains("{id}")
        let given = attributes.filter { $0.onPut != .forbidden }
        var fields = given
        if !hasID { fields.insert(.id, at: 0) }
        return Operation(
            path: path,
            method: .put,
            id: "change\(hasID ? "" : "Named").\(name)",
            summary: hasID ? "Change one." : "Change one; the id stands in the body.",
            parameters: hasID ? [pathID] : [],
            bodies: Operation.bodies(Schemas.object(fields) { !hasID && $0.name == "id" }),
            isBodyRequired: !hasID,
            bodyExample: Operation.example(fields),
            data: row,
            dataExample: rowExample,
            refusals: writeRefusals + [404, 409],
            scope: scope.rawValue
        )
    }

    private func remove(at path: String) -> Operation {
        let hasID = path.contains("{id}")
        var queried = deleteAttributes
        if !hasID { queried.insert(.id, at: 0) }
        return Operation(
            path: path,
            method: .delete,
            id: "delete\(hasID ? "" : "Named").\(name)",
            summary: "Delete one.",
            parameters: (hasID ? [pathID] : [])
                + queried.map { Operation.Parameter($0, isRequired: $0.name == "id") },
            data: [
                "type": "object", "required": ["id", "deleted"],
                "properties": ["id": ["type": "integer"], "deleted": ["const": true]],
            ],
            dataExample: ["id": 2209, "deleted": true],
            refusals: writeRefusals + [404, 409],
            scope: scope.rawValue
        )
    }

    private func operation(_ action: ResourceAction) -> Operation {
        let isItem = action.target == .item
        let isReading = action.method == .get
        let asked = action.attributes.map {
            Operation.Parameter($0, isRequired: $0.onPost == .required)
        }
        let body = Schemas.object(action.attributes) { $0.onPost == .required }
        return Operation(
            path: "/\(name)" + (isItem ? "/{id}" : "") + "/\(action.name)",
            method: action.method,
            id: "\(action.name)\(isReading ? "" : "Do").\(name)\(isItem ? "" : "s")",
            summary: action.summary,
            parameters: (isItem ? [pathID] : []) + (isReading ? asked : repeatKeys(action)),
            bodies: action.bodies ?? (isReading ? [:] : Operation.bodies(body)),
            isBodyRequired: action.attributes.contains { $0.onPost == .required },
            bodyExample: isReading ? nil : Operation.example(action.attributes),
            status: action.status,
            data: action.mediaType == nil ? Optional(action.answer) : .none,
            mediaType: action.mediaType ?? "application/json",
            refusals: writeRefusals + [404, 409],
            scope: (action.scope ?? (isReading ? .read : scope)).rawValue
        )
    }

    /// Only a change in one transaction is answered again without being made again.
    private func repeatKeys(_ action: ResourceAction) -> [Operation.Parameter] {
        guard case .change = action.run else { return [] }
        return [Operation.repeatKey]
    }

    private var readRefusals: [Int] { [400, 401, 403, 429, 503] }
    private var writeRefusals: [Int] { [400, 401, 403, 413, 415, 422, 429, 503] }

    private var pathID: Operation.Parameter {
        Operation.Parameter(
            name: "id",
            place: "path",
            meaning: "The number of the \(name).",
            schema: Schemas.of(.integer),
            isRequired: true,
            example: 2209
        )
    }

    private var filterParameters: [Operation.Parameter] {
        let others = filters.map { Operation.Parameter($0.attribute, isRequired: false) }
        return others
            + attributes.filter(\.isFilterable).map { attribute in
                var parameter = Operation.Parameter(
                    attribute,
                    isRequired: readNeedsAll.contains(attribute.name)
                )
                parameter.meaning += " Filters; empty for null."
                return parameter
            }
    }

    private var page: [Operation.Parameter] {
        let sorts = attributes.filter(\.isSortable).map { JSONValue.string($0.name) }
        return [
            .init(
                name: "sort",
                place: "query",
                meaning: "What is sorted by; id unless given.",
                schema: ["type": "string", "enum": .array(sorts)]
            ),
            .init(
                name: "reverse",
                place: "query",
                meaning: "Whether the order is turned round.",
                schema: ["type": "boolean"]
            ),
            .init(
                name: "count",
                place: "query",
                meaning: "Rows of a page, at most and unless given 200.",
                schema: ["type": "integer", "minimum": 1]
            ),
            .init(
                name: "start",
                place: "query",
                meaning: "The cursor from next of the page before.",
                schema: ["type": "string"]
            ),
        ]
    }
}

extension Operation {
    /// The header that makes a POST safe to repeat.
    static let repeatKey = Parameter(
        name: "Idempotency-Key",
        place: "header",
        meaning: "The first answer to this key is repeated for 24 hours.",
        schema: ["type": "string", "minLength": 1, "maxLength": 255]
    )

    static func bodies(_ schema: JSONValue) -> [String: JSONValue] {
        ["application/json": schema, BodyText.form: schema]
    }

    static func example(_ attributes: [ResourceAttribute]) -> JSONValue? {
        guard !attributes.isEmpty else { return nil }
        return .object(
            Dictionary(attributes.map { ($0.name, $0.example) }, uniquingKeysWith: { $1 })
        )
    }
}

extension Operation.Parameter {
    init(_ attribute: ResourceAttribute, isRequired: Bool) {
        self.init(
            name: attribute.name,
            place: "query",
            meaning: attribute.meaning,
            schema: Schemas.of(attribute.kind),
            isRequired: isRequired,
            example: attribute.example
        )
    }
}
