// SPDX-License-Identifier: Apache-2.0
import Common

extension MembersEndpoint {
    var operations: [Operation] {
        [
            Operation(
                path: "/members/imports",
                method: .post,
                id: "create.bulk",
                summary: "Take up to 1,000 members; they are applied later, all of them once.",
                parameters: [Operation.repeatKey],
                bodies: ["application/json": body],
                isBodyRequired: true,
                bodyExample: [
                    "import_id": "crm-2026-11-22", "operation": "create",
                    "members": [["properties": ["email": "ann@example.org", "firstName": "Ann"]]],
                ],
                status: 202,
                data: bulk,
                dataExample: example,
                refusals: [400, 401, 403, 413, 415, 422, 429, 503],
                scope: "imports"
            ),
            Operation(
                path: "/members/imports/{import_id}",
                method: .get,
                id: "list.bulk",
                summary: "The bulks of an import, in the order of their ids.",
                parameters: [importID, count, start],
                data: ["type": "array", "items": bulk],
                dataExample: [example],
                refusals: [400, 401, 403, 404, 429, 503],
                scope: "read"
            ),
            Operation(
                path: "/members/imports/{import_id}/bulks/{bulk_id}",
                method: .get,
                id: "read.bulk",
                summary: "One bulk; payload and errors are there for 24 hours.",
                parameters: [importID, bulkID],
                data: whole,
                refusals: [400, 401, 403, 404, 429, 503],
                scope: "read"
            ),
        ]
    }

    private var body: JSONValue {
        [
            "type": "object", "required": ["members"], "additionalProperties": false,
            "properties": [
                "import_id": ["type": ["string", "null"], "minLength": 1, "maxLength": 255],
                "request_number": ["type": ["integer", "null"], "format": "int64"],
                "members": [
                    "type": "array", "minItems": 1, "maxItems": 1_000,
                    "items": ["type": "object"],
                ],
                "operation": ["enum": ["create", "update"]],
                "member_identifier_type": ["enum": ["id", "email", "msisdn"]],
                "multi_values_update_mode": ["enum": ["replace", "update", "append"]],
                "dry_run": ["type": "boolean"],
                "profile_table": ["type": "string", "minLength": 1, "maxLength": 64],
            ],
        ]
    }

    private var bulk: JSONValue { schema([:]) }

    private var whole: JSONValue {
        schema([
            "explanation": ["type": ["string", "null"]], "errors": ["type": ["object", "null"]],
            "member_payloads": ["type": ["array", "null"]],
        ])
    }

    private func schema(_ more: [String: JSONValue]) -> JSONValue {
        let counts = [
            "members_in_payload_number", "members_created_number", "members_updated_number",
            "members_unchanged_number", "members_with_validation_errors_number", "retries",
        ].map { ($0, JSONValue.object(["type": "integer", "minimum": 0])) }
        var properties: [String: JSONValue] = [
            "id": ["type": "integer"], "import_id": ["type": "string"],
            "request_number": ["type": ["integer", "null"]], "task_id": ["type": "integer"],
            "operation": ["enum": ["create", "update"]], "dry_run": ["type": "boolean"],
            "status": [
                "enum": ["waiting", "working", "waiting_for_retry", "finished", "failed"]
            ],
            "created_at": ["type": "number"],
        ]
        properties.merge(counts) { $1 }
        properties.merge(more) { $1 }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.sorted().map(JSONValue.string)),
        ]
    }

    private var example: JSONValue {
        [
            "id": 12, "import_id": "crm-2026-11-22", "request_number": nil, "task_id": 90,
            "operation": "create", "dry_run": false, "status": "waiting",
            "members_in_payload_number": 1, "members_created_number": 0,
            "members_updated_number": 0, "members_unchanged_number": 0,
            "members_with_validation_errors_number": 0, "retries": 0, "created_at": 1_780_000_000,
        ]
    }

    private var importID: Operation.Parameter {
        .init(
            name: "import_id",
            place: "path",
            meaning: "The import.",
            schema: ["type": "string"],
            isRequired: true,
            example: "crm-2026-11-22"
        )
    }

    private var bulkID: Operation.Parameter {
        .init(
            name: "bulk_id",
            place: "path",
            meaning: "The bulk.",
            schema: ["type": "integer"],
            isRequired: true,
            example: 12
        )
    }

    private var count: Operation.Parameter {
        .init(
            name: "count",
            place: "query",
            meaning: "Bulks of a page, at most and unless given 200.",
            schema: ["type": "integer", "minimum": 1]
        )
    }

    private var start: Operation.Parameter {
        .init(
            name: "start",
            place: "query",
            meaning: "The cursor from next of the page before.",
            schema: ["type": "string"]
        )
    }
}
