// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

/// A resource of `/v1`, declared: its attributes, its relation, and what may be done with it.
///
/// The conventions (reading, filters, order, pages, envelopes, refusals), the OpenAPI document and
/// the tests of the conventions all come from this declaration.
struct Resource: Sendable {
    /// The singular noun.
    let name: String
    /// What it is, for the document.
    let summary: String
    /// Its attributes in the order of an answer's keys.
    let attributes: [ResourceAttribute]
    /// Where its rows come from; has a column for each attribute that is shown.
    let listing: Listing
    /// What a token needs to write it.
    var scope = Scope.audience
    /// What a user needs to write it.
    var permission = Permission.manage
    /// What a user needs to read it.
    var readPermission = Permission.read
    /// One of these must be filtered by, or the id be given.
    var readNeedsOneOf: [String] = []
    /// These must be filtered by, unless the id is given.
    var readNeedsAll: [String] = []
    /// Filters besides those by the attributes.
    var filters: [ResourceFilter] = []
    /// Which rows a caller sees; all unless given.
    var visible: @Sendable (Caller) -> [ListingFilter] = { _ in [] }
    /// What is known of rows, by id and attribute, instead of what the columns say.
    var fill: (@Sendable ([Int64], Call, Connection) throws -> [Int64: [String: Int64]])?
    /// Makes the values of attributes that stand together in one column of text.
    var spread: ResourceSpread?
    /// Makes one and returns its id; nil when it can't be made.
    var create: (@Sendable (Draft, Change) throws -> Int64)?
    /// What the answer of a POST has besides: neither kept for a repeated POST nor answered again.
    var secret: ResourceSecret?
    /// The status of a POST: 202 where work is started.
    var createdStatus = 201
    /// Changes one that exists and is visible; nil when it can't be changed.
    var update: (@Sendable (Int64, Draft, Change) throws -> Void)?
    /// What is waited for after a change was committed, before it is answered.
    var settle: (@Sendable (Int64, Draft, Call) async throws -> Void)?
    /// Deletes one that exists and is visible, and returns what there is to say besides the id; nil
    /// when it can't be deleted.
    var delete: (@Sendable (Int64, Draft, Change) throws -> [String: JSONValue])?
    /// What is looked for before the transaction of a DELETE: ``Change/prepared``.
    var prepareDelete: (@Sendable (Int64, Call) async throws -> (any Sendable)?)?
    /// What a DELETE may say in its query or body.
    var deleteAttributes: [ResourceAttribute] = []
    /// What can be done besides.
    var actions: [ResourceAction] = []
    /// Whether answers hold data of persons, which are not kept for a repeated POST.
    var isPersonal = false
    /// Whether the store writes the audit log itself.
    var isAuditedByStore = false

    /// The methods on the resource itself.
    var methods: [Method] {
        [.get, .head] + (create == nil ? [] : [.post]) + (update == nil ? [] : [.put])
            + (delete == nil ? [] : [.delete])
    }

    /// The methods on the resource, or on one of its rows.
    func methods(hasID: Bool) -> [Method] { hasID ? methods.filter { $0 != .post } : methods }

    /// An attribute by its name, ignoring case.
    func attribute(_ name: String) -> ResourceAttribute? {
        let folded = name.lowercased()
        return attributes.first { $0.name.lowercased() == folded }
    }

    /// The attributes of an answer.
    var shown: [ResourceAttribute] { attributes.filter(\.isShown) }
}

/// Attributes that stand together in one column of a listing.
struct ResourceSpread: Sendable {
    /// The column.
    let column: String
    /// The values by attribute, of the column's text.
    let values: @Sendable (String) -> [String: JSONValue]
}

/// Something that is answered once, by the POST that made the resource.
struct ResourceSecret: Sendable {
    /// Its name and what it is.
    let attribute: ResourceAttribute
    /// Makes it, in the transaction of the POST.
    let make: @Sendable (Int64, Change) throws -> String
}

/// A filter that compares with an attribute in another way than by equality.
struct ResourceFilter: Sendable {
    /// Its name in the query, in lower case, and what it takes.
    let attribute: ResourceAttribute
    /// The condition for a value.
    let condition: @Sendable (SQLValue) -> ListingFilter
}

/// Something that can be done with a resource besides the five methods, at a path below it.
struct ResourceAction: Sendable {
    /// What an action stands below.
    enum Target: Sendable, Hashable {
        /// `/v1/task/2209/rate`.
        case item
        /// `/v1/segment/preview`.
        case collection
    }

    /// The last part of the path.
    let name: String
    /// GET or POST.
    let method: Method
    /// What it stands below.
    let target: Target
    /// What it does, for the document.
    let summary: String
    /// What the body, or for GET the query, may have.
    var attributes: [ResourceAttribute] = []
    /// What the answer's data look like: a JSON Schema; an object of any shape unless given.
    var answer: JSONValue = .object(["type": .string("object")])
    /// The bodies that it takes instead of its attributes, by media type.
    var bodies: [String: JSONValue]?
    /// The media type of an answer that is no JSON.
    var mediaType: String?
    /// What a user needs; the resource's own for POST, reading for GET, unless given.
    var permission: Permission?
    /// What a token needs; the resource's own for POST, reading for GET, unless given.
    var scope: Scope?
    /// The status of a success.
    var status = 200
    /// Does it to a visible row by its id, or with 0 to the collection.
    let run: Run

    /// How an action works.
    enum Run: Sendable {
        /// In a writing transaction; returns the data.
        case change(@Sendable (Int64, Draft, Change) throws -> JSONValue)
        /// In a reading transaction; returns the data.
        case read(@Sendable (Int64, Draft, Call, Connection) throws -> JSONValue)
        /// In its own way, such as a download.
        case direct(@Sendable (Int64, Draft, Call) async throws -> Answer)
        /// In its own way with the body as it came, such as an upload.
        case raw(@Sendable (Int64, APIRequest, Call) async throws -> Answer)
    }
}
