// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Files

extension Resource {
    /// `/v1/location`: a place where files come from and go to.
    static let location = Resource(
        name: "location",
        summary: "A place where files come from and go to.",
        attributes: [
            .id,
            .init("name", .text(limit: 255), "Its name, unique.", example: "warehouse")
                .filterable.sortable.requiredToPost.changeable,
            .init("kind", .text(limit: 32), "Its kind: folder, sftp or ftps.", example: "sftp")
                .filterable.requiredToPost.changeable,
            .init(
                "settings",
                .structure(schema: texts),
                "The settings of its kind; never a secret.",
                example: ["host": "sftp.example.org", "user": "feed", "path": "out"]
            ).requiredToPost.changeable,
            .init(
                "secrets",
                .structure(schema: texts),
                "The secrets of its kind, kept sealed: password, privateKey, passphrase. A PUT keeps"
                    + " those that it does not name, unless it leads to another server or user; an"
                    + " empty one is forgotten.",
                example: ["password": "…"]
            ).postable.changeable.writeOnly,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000),
            .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000),
        ],
        listing: LocationStore.listing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            try change.services.locations.create(
                draft.text("name") ?? "",
                Location(
                    kind: draft.text("kind") ?? "",
                    settings: try draft.structure("settings", as: [String: String].self) ?? [:]
                ),
                secrets: try draft.locationSecrets,
                context: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            let store = change.services.locations
            let present = try store.find(LocationID(id), change.workspace, in: change.transaction)
            let settings = try draft.structure("settings", as: [String: String].self)
            try store.update(
                present.id,
                name: draft.text("name") ?? present.name,
                Location(
                    kind: draft.text("kind") ?? present.location.kind,
                    settings: settings ?? present.location.settings
                ),
                secrets: try draft.locationSecrets,
                context: change.context,
                in: change.transaction
            )
        },
        delete: { id, _, change in
            try change.services.locations
                .delete(LocationID(id), context: change.context, in: change.transaction)
            return [:]
        },
        actions: [testLocation, trustLocation, locationFiles]
    )

    private static let texts: JSONValue = [
        "type": "object", "additionalProperties": ["type": "string"],
    ]

    private static let folder = ResourceAttribute(
        "folder",
        .text(limit: 1_000),
        "The folder in it; the location itself unless given.",
        example: "in"
    ).postable

    private static let testLocation = ResourceAction(
        name: "test",
        method: .post,
        target: .item,
        summary: "Try every step that it has to allow, in words.",
        attributes: [folder],
        run: .direct { id, draft, call in
            let (services, workspace) = (call.services, call.workspace)
            let path = draft.text("folder") ?? ""
            let record = try await call.location(id)
            let steps = try await services.database.blocking {
                LocationTest(
                    try services.locations.access(to: record, workspace: workspace),
                    folder: path,
                    spool: services.spool,
                    token: SystemRandomness().token()
                ).run()
            }
            let data: JSONValue = [
                "passed": .boolean(steps.allSatisfy { $0.isTried && $0.failure == nil }),
                "steps": .array(steps.map { .string($0.sentence) }),
                "host_key": steps.compactMap(\.shownKey).first.map(JSONValue.string) ?? .null,
            ]
            return .ok(data: try JSONBytes(data).bytes)
        }
    )

    private static let trustLocation = ResourceAction(
        name: "trust",
        method: .post,
        target: .item,
        summary: "Note the key by which its server proves itself, after it was compared.",
        attributes: [
            .init(
                "host_key",
                .text(limit: 500),
                "Its fingerprint, as the test shows it; several separated by blanks.",
                example: "SHA256:QGN7jM6asc4WlnoTRAR4UtAlynMjnLS+vvSIriWhLGg"
            ).requiredToPost
        ],
        run: .change { id, draft, change in
            let key = draft.text("host_key") ?? ""
            try change.services.locations
                .trust(key, LocationID(id), context: change.context, in: change.transaction)
            return ["id": .integer(id), "host_key": .string(key)]
        }
    )

    private static let locationFiles = ResourceAction(
        name: "files",
        method: .get,
        target: .item,
        summary: "The files in a folder of it, in byte order of their names, at most 1,000.",
        attributes: [folder],
        answer: ["type": "array", "items": ["type": "object"]],
        permission: .administer,
        run: .direct { id, draft, call in
            let (services, workspace) = (call.services, call.workspace)
            let path = draft.text("folder") ?? ""
            let record = try await call.location(id)
            let files = try await services.database.blocking {
                try services.locations.access(to: record, workspace: workspace).list(folder: path)
            }
            return .ok(data: try JSONBytes(JSONValue.array(files.prefix(1_000).map(\.json))).bytes)
        }
    )
}

extension Draft {
    /// The secrets that a body gives.
    fileprivate var locationSecrets: LocationSecrets {
        get throws {
            LocationSecrets(try structure("secrets", as: [String: String].self) ?? [:])
        }
    }
}

extension Call {
    /// A location of the workspace.
    fileprivate func location(_ id: Int64) async throws -> LocationRecord {
        try await services.database.read { [services, workspace] connection in
            try services.locations.find(LocationID(id), workspace, in: connection)
        }
    }
}

extension RemoteFile {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "bytes": .integer(size),
            "modified": .number(Double(modified.microseconds) / 1_000_000),
        ]
    }
}
