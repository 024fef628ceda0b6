// SPDX-License-Identifier: Apache-2.0

/// What is said of a mapping besides its columns.
enum MappingFields {
    static func group(
        _ identifier: String,
        _ mayResubscribe: Bool,
        _ separator: String,
        _ offer: MappingOffer
    ) -> FormPart.Group {
        var identifiers = [Field.Option("", "The business key of the table")] + offer.identifiers
        // Several in order of preference, as the API takes them, stay a choice.
        if !identifiers.contains(where: { $0.value == identifier }) {
            identifiers.append(Field.Option(identifier, identifier.replacing(",", with: ", else ")))
        }
        return FormPart.Group([
            Field.select("identifier", "People are told apart by", identifier, identifiers),
            Field.text("valueSeparator", "Several values are separated by", separator).sized(
                "narrow"
            ),
            Field.check(
                "mayResubscribe",
                "May opt people in again who had opted out",
                mayResubscribe
            ).hinted(
                "Left off, an import never re-subscribes anybody; it says whom it left alone."
            ),
        ])
    }
}
