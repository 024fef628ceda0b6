// SPDX-License-Identifier: Apache-2.0
import Database

/// What a GET or HEAD asks for: filters, order, page (spec/api.md, "Conventions").
struct CollectionQuery {
    /// How many rows a page has at most, and without `count`.
    static let largestPage = 200

    /// Which page of the listing.
    private(set) var page: ListingQuery
    /// The id that was asked for, in the path or the query.
    private(set) var id: Int64?
    /// The attribute that is sorted by.
    private(set) var sort = "id"
    /// The attributes that are filtered by.
    private(set) var filtered: Set<String> = []

    /// Reads a query.
    ///
    /// - Throws: ``Problem`` 400, naming the attribute.
    init(_ items: [APIRequest.QueryItem], of resource: Resource, id: Int64?) throws {
        self.id = id
        page = ListingQuery(limit: CollectionQuery.largestPage)
        var start: String?
        var seen: Set<String> = []
        for item in items {
            let name = item.name.lowercased()
            guard seen.insert(name).inserted else { throw Problem(400, "\(name) is given twice") }
            switch name {
            case "sort": try sort(by: item.value, resource)
            case "reverse": page.isReversed = try reversed(item.value)
            case "count": page.limit = try count(item.value)
            case "start": start = item.value.isEmpty ? nil : item.value
            default: try filter(name, item.value, resource)
            }
        }
        if let id = self.id { page.filters.append(.equals("id", .integer(id))) }
        guard let start else { return }
        page.after = try PageCursor.place(
            start,
            resource: resource.name,
            sort: sort,
            isReversed: page.isReversed,
            kind: resource.listing.column(resource.attribute(sort)?.column ?? sort).kind
        )
    }

    /// Keeps to rows that a caller may see.
    mutating func narrow(_ filters: [ListingFilter]) { page.filters += filters }

    /// The cursor of the page behind this one.
    func next(_ place: ListingPlace?, of resource: Resource) -> String? {
        place.map {
            PageCursor($0, resource: resource.name, sort: sort, isReversed: page.isReversed).encoded
        }
    }

    private mutating func sort(by value: String, _ resource: Resource) throws {
        let name = resource.attribute(value)?.name ?? value
        guard resource.attribute(value)?.isSortable == true else {
            let names = resource.attributes.filter(\.isSortable).map(\.name)
            throw Problem(400, "sort must be one of \(names.joined(separator: ", "))")
        }
        sort = name
        page.sort = name == "id" ? nil : resource.attribute(name)?.column
    }

    private func reversed(_ value: String) throws -> Bool {
        guard let isReversed = AttributeText.boolean(value) else {
            throw Problem(400, "reverse must be true or false")
        }
        return isReversed
    }

    private func count(_ value: String) throws -> Int {
        // Int(_:) alone would take signs.
        guard value.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(value), count > 0
        else {
            throw Problem(400, "count must be a whole number from 1; more than 200 is capped")
        }
        return min(count, CollectionQuery.largestPage)
    }

    private mutating func filter(_ name: String, _ value: String, _ resource: Resource) throws {
        if let filter = resource.filters.first(where: { $0.attribute.name == name }) {
            guard let compared = AttributeText.filter(value, filter.attribute.kind),
                compared != .null
            else {
                throw Problem(400, "\(name) must be \(AttributeText.name(filter.attribute.kind))")
            }
            return page.filters.append(filter.condition(compared))
        }
        guard let attribute = resource.attribute(name), attribute.isFilterable else {
            throw Problem(400, "the query cannot filter by \(name)")
        }
        guard let compared = AttributeText.filter(value, attribute.kind) else {
            throw Problem(400, "\(name) must be \(AttributeText.name(attribute.kind))")
        }
        if name == "id" {
            guard case .integer(let number) = compared, id == nil || id == number else {
                throw Problem(400, "id is empty, or another one than in the path")
            }
            id = number
            return
        }
        filtered.insert(attribute.name)
        page.filters.append(.equals(attribute.column, compared))
    }
}
