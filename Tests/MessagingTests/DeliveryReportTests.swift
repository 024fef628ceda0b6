// SPDX-License-Identifier: Apache-2.0
import Messaging
import Testing

@Suite struct DeliveryReportTests {
    private static let kannel: [(Int?, String, DeliveryReport.Outcome)] = [
        // Kannel's kind alone.
        (1, "", .delivered), (2, "", .failed(.otherProviderError)),
        (4, "", .underWay), (8, "ACK/", .underWay), (16, "", .failed(.otherProviderError)),
        (nil, "", .underWay), (99, "", .underWay),
        // The operator's receipt says more.
        (1, "id:7 sub:001 dlvrd:001 stat:DELIVRD err:000 text:Hello", .delivered),
        (2, "id:7 stat:UNDELIV err:001 text:stat:DELIVRD", .failed(.unknownPhoneNumber)),
        (2, "id:7 stat:UNDELIV err:005 text:", .failed(.unknownPhoneNumber)),
        (2, "id:7 stat:UNDELIV err:006 text:", .failed(.deviceTurnedOff)),
        (2, "id:7 stat:UNDELIV err:027 text:", .failed(.deviceTurnedOff)),
        (2, "id:7 stat:UNDELIV err:255 text:", .failed(.otherProviderError)),
        (2, "id:7 stat:EXPIRED err:000 text:", .failed(.expired)),
        (2, "id:7 stat:EXPIRED err:027 text:", .failed(.deviceTurnedOff)),
        (2, "id:7 stat:REJECTD err:000 text:", .failed(.otherProviderError)),
        (2, "id:7 stat:DELETED err:000 text:", .failed(.otherProviderError)),
        (2, "id:7 stat:UNKNOWN err:000 text:", .failed(.otherProviderError)),
        (4, "id:7 stat:ENROUTE err:000 text:", .underWay),
        (4, "id:7 stat:ACCEPTD err:000 text:", .underWay),
        (16, "NACK/0x0000000b/Invalid Destination Address", .failed(.unknownPhoneNumber)),
        (16, "NACK/0x00000045/Submit failed", .failed(.otherProviderError)),
        (16, "NACK/", .failed(.otherProviderError)),
    ]

    @Test(arguments: kannel)
    func `Kannel's reports have one outcome`(
        _ kind: Int?,
        _ receipt: String,
        _ outcome: DeliveryReport.Outcome
    ) {
        #expect(DeliveryReport(kannelKind: kind, receipt: receipt).outcome == outcome)
    }

    private static let others: [(String, String?, DeliveryReport.Outcome)] = [
        ("delivered", nil, .delivered), ("DELIVRD", "0", .delivered),
        ("sent", nil, .underWay), ("expired", nil, .failed(.expired)),
        ("absent", nil, .failed(.deviceTurnedOff)),
        ("unknown_number", nil, .failed(.unknownPhoneNumber)),
        ("failed", nil, .failed(.otherProviderError)),
        ("failed", "1", .failed(.unknownPhoneNumber)),
        ("something new", nil, .failed(.otherProviderError)), ("", nil, .underWay),
    ]

    @Test(arguments: others)
    func `other gateways' words have one too`(
        _ state: String,
        _ error: String?,
        _ outcome: DeliveryReport.Outcome
    ) {
        #expect(DeliveryReport(state: state, error: error).outcome == outcome)
    }

    @Test(arguments: [
        ("STOP", true), ("stop", true), (" Stop! ", true), ("Stop it please", true),
        ("arrêt", true), ("ARRE\u{302}T svp", true), ("«Basta»", true), ("стоп", true),
        ("Στοπ", true), ("afmelden", true), ("Please stop", false), ("", false), ("!!!", false),
        ("Stoppage", false), ("Yes", false),
    ])
    func `a reply stops by its first word, in several languages`(_ reply: String, _ stops: Bool) {
        #expect(StopWords().stops(reply) == stops)
    }

    @Test func `own words replace the usual ones`() {
        let words = StopWords("Nein, raus")
        #expect(words.stops("NEIN danke") && words.stops("raus") && !words.stops("STOP"))
        #expect(!StopWords(" , ").stops("STOP"))
    }
}
