// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

/// `/v1/customRow`: the rows of a custom table, attributes by technical name.
///
/// What the resource has depends on the table, which the query names, so it is declared anew for
/// each request; the document shows an invented table.
struct CustomRowEndpoint: Endpoint {
    let name = "customRow"

    var operations: [Operation] {
        CustomRowResource(.standard).resource.operations.map { operation in
            var open = operation
            open.isOpen = true
            open.parameters.append(
                Operation.Parameter(
                    name: "custom_table",
                    place: "query",
                    meaning: "The technical name of the custom table.",
                    schema: ["type": "string"],
                    example: "orders"
                )
            )
            return open
        }
    }

    func answer(_ request: APIRequest, _ call: Call) async throws -> Answer {
        var request = request
        let given = request.query.filter { $0.name.lowercased() == "custom_table" }
        request.query.removeAll { $0.name.lowercased() == "custom_table" }
        guard given.count < 2 else { throw Problem(400, "custom_table is given twice") }
        guard let name = given.first?.value else {
            throw Problem(400, "the query needs custom_table, the name of the table")
        }
        let table = try await call.services.database.read { connection in
            do {
                return try CustomTableStore(call.workspace).table(named: name, in: connection)
            } catch AudienceError.noSuchCustomTable {
                throw Problem(400, "custom_table: there is no custom table of this name")
            }
        }
        return try await CustomRowResource(table).resource.answer(request, call)
    }
}

/// The resource of one custom table.
struct CustomRowResource {
    private let table: CustomTable

    init(_ table: CustomTable) {
        self.table = table
    }

    var resource: Resource {
        let table = table
        return Resource(
            name: "customRow",
            summary: "A row of a custom table.",
            attributes: [.id] + moments + owner
                + table.attributes.map(SubscriberAttribute.declare) + ownerKey,
            listing: CustomRowStore.listing(of: table),
            create: { draft, change in
                try CustomRowResource.store(table, change).create(
                    values: try CustomRowResource.values(draft, of: table),
                    by: change.context,
                    in: change.transaction
                ).row.id.value
            },
            update: { id, draft, change in
                try CustomRowResource.store(table, change).update(
                    CustomRowID(id),
                    values: try CustomRowResource.values(draft, of: table),
                    by: change.context,
                    in: change.transaction
                )
            },
            delete: { id, _, change in
                try RowDeletion(table, by: change.context)
                    .delete(CustomRowID(id), in: change.transaction)
                return [:]
            },
            isPersonal: true
        )
    }

    private var moments: [ResourceAttribute] {
        [
            .init("creationMoment", .moment, "When it was made.", example: 1_780_000_000),
            .init("updateMoment", .moment, "When it last changed.", example: 1_780_000_000),
        ]
    }

    private var owner: [ResourceAttribute] {
        guard table.kind.hasOwner else { return [] }
        return [
            .init("profileId", .integer, "The profile that it belongs to.", example: 7)
                .filterable.postable.changeable
        ]
    }

    /// The business key of the profile, as another way to say to whom the row belongs.
    private var ownerKey: [ResourceAttribute] {
        guard let key = table.owners?.businessKey else { return [] }
        return [SubscriberAttribute.declare(key).writeOnly.unfiltered]
    }

    private static func store(_ table: CustomTable, _ change: Change) throws -> CustomRowStore {
        let workspace = try WorkspaceStore()
            .workspace(change.workspace, in: change.transaction)
        return CustomRowStore(table, countryCode: workspace.defaultCountryCode)
    }

    private static func values(
        _ draft: Draft,
        of table: CustomTable
    ) throws -> [String: String] {
        let key = table.owners?.businessKey.map { [$0] } ?? []
        let owner: [Attribute] = table.kind.hasOwner ? [.owner] : []
        return try SubscriberAttribute.values(draft, of: table.attributes + owner + key)
    }
}
