// SPDX-License-Identifier: Apache-2.0
public import Database

extension SegmentationStore {
    /// Who is in segments, by the number of the profile; read for one segmentation at a time.
    public static let members = Listing(
        from: "segment_member m",
        scope: "m.workspace_id",
        key: "m.profile_id",
        columns: [
            ListingColumn("profile", "m.profile_id", .integer),
            ListingColumn("segmentation", "m.segmentation_id", .integer),
            ListingColumn("segment", "m.segment_id", .integer),
        ]
    )

    /// Who changed segments, and when; of segmentations with history.
    public static let transitions = Listing(
        from: "segment_transition t",
        scope: "t.workspace_id",
        key: "t.id",
        columns: [
            ListingColumn("id", "t.id", .integer),
            ListingColumn("segmentation", "t.segmentation_id", .integer),
            ListingColumn("profile", "t.profile_id", .integer),
            ListingColumn("previous", "t.previous_value", .text).orNull,
            ListingColumn("new", "t.new_value", .text).orNull,
            ListingColumn("eventAt", "t.event_at", .moment),
        ]
    )
}
