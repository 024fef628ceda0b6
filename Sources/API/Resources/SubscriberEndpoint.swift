// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

/// `/v1/subscriber`: the profiles of a table, attributes by technical name.
///
/// What the resource has depends on the table, so it is declared anew for each request; the
/// document shows the default table.
struct SubscriberEndpoint: Endpoint {
    let name = "subscriber"

    var operations: [Operation] {
        SubscriberResource(ProfileTable.standard).resource.operations.map { operation in
            var open = operation
            open.isOpen = true
            open.parameters.append(
                Operation.Parameter(
                    name: "profile_table",
                    place: "query",
                    meaning: "The profile table; profiles unless given.",
                    schema: ["type": "string"],
                    example: "profiles"
                )
            )
            return open
        }
    }

    func answer(_ request: APIRequest, _ call: Call) async throws -> Answer {
        var request = request
        let given = request.query.filter { $0.name.lowercased() == "profile_table" }
        request.query.removeAll { $0.name.lowercased() == "profile_table" }
        guard given.count < 2 else { throw Problem(400, "profile_table is given twice") }
        let name = given.first?.value ?? "profiles"
        let table = try await call.services.database.read { connection in
            do {
                return try ProfileTableStore(call.workspace).table(named: name, in: connection)
            } catch AudienceError.noSuchTable {
                throw Problem(400, "profile_table: there is no profile table of this name")
            }
        }
        return try await SubscriberResource(table).resource.answer(request, call)
    }
}

/// The resource of one profile table.
struct SubscriberResource {
    private let table: ProfileTable

    init(_ table: ProfileTable) {
        self.table = table
    }

    var resource: Resource {
        let table = table
        return Resource(
            name: "subscriber",
            summary: "A profile.",
            attributes: [.id] + moments + table.attributes.map(SubscriberAttribute.declare)
                + collection,
            listing: ProfileStore.listing(of: table),
            create: { draft, change in
                try SubscriberResource.store(table, change).create(
                    values: try SubscriberAttribute.values(draft, of: table.attributes),
                    collection: SubscriberResource.collection(draft),
                    by: change.context,
                    in: change.transaction
                ).profile.id.value
            },
            update: { id, draft, change in
                try SubscriberResource.store(table, change).update(
                    ProfileID(id),
                    values: try SubscriberAttribute.values(draft, of: table.attributes),
                    collection: SubscriberResource.collection(draft),
                    by: change.context,
                    in: change.transaction
                )
            },
            delete: { id, draft, change in
                let report = try Erasure(change.services.dossier).erase(
                    ProfileID(id),
                    from: table,
                    SubscriberResource.collection(draft),
                    found: change.prepared as? PersonalLines,
                    by: change.context,
                    in: change.transaction
                )
                return ["left": .array(report.left.map(JSONValue.string))]
            },
            prepareDelete: { id, call in
                let database = call.services.database
                return try await database.blocking {
                    try Erasure.lookAhead(for: ProfileID(id), in: table, of: database)
                }
            },
            deleteAttributes: collection,
            actions: [dossier],
            isPersonal: true
        )
    }

    private var moments: [ResourceAttribute] {
        [
            .init("creationMoment", .moment, "When it was made.", example: 1_780_000_000),
            .init("updateMoment", .moment, "When it last changed.", example: 1_780_000_000),
        ]
    }

    /// How the change was collected; beside the attributes, which have names of their own.
    private var collection: [ResourceAttribute] {
        [
            .init(
                "collection_source",
                .text(limit: 255),
                "Where it was collected.",
                example: "form"
            )
            .orNull.postable.changeable.writeOnly,
            .init("collection_way", .text(limit: 255), "By which means.", example: "form 7")
                .orNull.postable.changeable.writeOnly,
            .init("collection_moment", .moment, "When.", example: 1_780_000_000)
                .orNull.postable.changeable.writeOnly,
        ]
    }

    private var dossier: ResourceAction {
        let table = table
        return ResourceAction(
            name: "dossier",
            method: .get,
            target: .item,
            summary: "Everything that is held on a person and was done.",
            run: .read { id, _, call, connection in
                guard let profile = try ProfileStore(table).profile(ProfileID(id), in: connection)
                else { throw Problem.notFound("subscriber \(id)") }
                let chapters = try call.services.dossier.chapters(of: profile, in: connection)
                return .object(["chapters": .array(chapters.map(\.json))])
            }
        )
    }

    private static func store(_ table: ProfileTable, _ change: Change) throws -> ProfileStore {
        let workspace = try WorkspaceStore()
            .workspace(change.workspace, in: change.transaction)
        return ProfileStore(table, countryCode: workspace.defaultCountryCode)
    }

    private static func collection(_ draft: Draft) -> Collection {
        Collection(
            source: draft.text("collection_source"),
            way: draft.text("collection_way"),
            moment: draft.moment("collection_moment")
        )
    }
}

extension Dossier.Chapter {
    /// The chapter as the API shows it.
    fileprivate var json: JSONValue {
        [
            "title": .string(title),
            "entries": .array(
                entries.map { entry in
                    [
                        "kind": .string(entry.kind),
                        "moment": entry.moment.map { .number(Double($0.microseconds) / 1_000_000) }
                            ?? .null,
                        "fields": .array(
                            entry.fields.map { field in
                                [
                                    "name": .string(field.name),
                                    "value": field.value.map(JSONValue.string) ?? .null,
                                ]
                            }
                        ),
                    ]
                }
            ),
        ]
    }
}
