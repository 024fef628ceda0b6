// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Files
import Imports

/// `/v1/import` with `/v1/import/upload`, which takes a file of any size for a manual import.
struct ImportEndpoint: UploadReceiving {
    private let resource = Resource.automatedImport

    var name: String { resource.name }

    var operations: [Operation] { resource.operations + [upload] }

    func answer(_ request: APIRequest, _ call: Call) async throws -> Answer {
        if isUpload(request) { throw Problem.methodNotAllowed([.post]) }
        return try await resource.answer(request, call)
    }

    func receives(_ request: APIRequest) -> Bool {
        request.method == .post && isUpload(request)
    }

    func answer(_ request: APIRequest, _ upload: Upload, _ call: Call) async throws -> Answer {
        try call.require(.manage, .imports)
        let asked = try UploadQuery(request.query)
        let spool = call.services.spool
        let name = "\(call.workspace)-\(SystemRandomness().token())"
        let writer = try await call.services.database.blocking {
            try spool.create(.upload, name: name)
        }
        do {
            try await upload.each { bytes in
                try await call.services.database.blocking {
                    try bytes.withUnsafeBytes { try writer.write($0) }
                }
            }
        } catch {
            writer.abandon()
            throw error
        }
        let task = try await call.services.database.blocking {
            let file = try writer.finish()
            return try call.services.database.writeBlocking { transaction in
                let task = try ImportStarter(call.workspace).upload(
                    file,
                    name: asked.name,
                    plan: asked.plan,
                    isDryRun: asked.isDryRun,
                    by: call.context(transaction),
                    in: transaction
                )
                try call.record("import.upload", subject: "task \(task)", in: transaction)
                return task
            }
        }
        return .ok(
            202,
            data: try JSONBytes(JSONValue.object(["task_id": .integer(task.value)])).bytes
        )
    }

    private func isUpload(_ request: APIRequest) -> Bool {
        request.path.count == 2 && request.path[1].lowercased() == "upload"
    }

    private var upload: Operation {
        Operation(
            path: "/import/upload",
            method: .post,
            id: "upload.import",
            summary: "Import a file; the body is the file itself.",
            parameters: UploadQuery.attributes.map { Operation.Parameter($0, isRequired: false) },
            bodies: ["text/csv": ["type": "string"], "application/octet-stream": [:]],
            isBodyRequired: true,
            status: 202,
            data: [
                "type": "object", "required": ["task_id"],
                "properties": ["task_id": ["type": "integer"]],
            ],
            dataExample: ["task_id": 90],
            refusals: [400, 401, 403, 413, 422, 429, 503],
            scope: "imports"
        )
    }
}

/// How an uploaded file is imported.
private struct UploadQuery {
    static let attributes: [ResourceAttribute] = [
        .init("name", .text(limit: 255), "The file's name.", example: "people.csv"),
        .init("profile_table", .text(limit: 64), "The profile table.", example: "profiles"),
        .init("custom_table", .text(limit: 64), "The custom table instead.", example: "orders"),
        .init("identifiers", .text(limit: 255), "Attributes, by commas.", example: "userId"),
        .init("dry_run", .boolean, "Whether nothing is written.", example: true),
    ]

    private(set) var name = "upload.csv"
    private(set) var plan = ImportPlan()
    private(set) var isDryRun = false

    init(_ items: [APIRequest.QueryItem]) throws {
        for item in items {
            switch item.name.lowercased() {
            case "name": name = item.value
            case "profile_table": plan.table = item.value
            case "custom_table": plan.customTable = item.value
            case "identifiers":
                plan.identifiers = item.value.split(separator: ",").map(String.init)
            case "dry_run":
                guard let isDry = AttributeText.boolean(item.value) else {
                    throw Problem(400, "dry_run must be true or false")
                }
                isDryRun = isDry
            default: throw Problem(400, "the query cannot have \(item.name.lowercased())")
            }
        }
        guard !name.isEmpty, name.count <= 255, !name.contains("/") else {
            throw Problem(400, "name must have 1 to 255 characters and no /")
        }
    }
}
