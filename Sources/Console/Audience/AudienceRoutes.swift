// SPDX-License-Identifier: Apache-2.0

/// Tables, lists and searches.
enum AudienceRoutes {
    static let all: [Route] =
        TablesPages.routes + ListsPages.routes + [ListsPages.count] + SearchesPages.routes
}
