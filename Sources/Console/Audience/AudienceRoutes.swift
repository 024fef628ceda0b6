// SPDX-License-Identifier: Apache-2.0

/// Tables, segmentations, lists and searches.
enum AudienceRoutes {
    static let all: [Route] =
        TablesPages.routes + SegmentationsPages.routes + ListsPages.routes + [ListsPages.count]
        + SearchesPages.routes
}
