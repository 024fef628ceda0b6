// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

struct IdentifierTests {
    @Test func `ids order by number, print it and come back from JSON`() throws {
        let ids = [TaskID(2), TaskID(10), TaskID(9)]
        #expect(ids.sorted().map(\.description) == ["2", "9", "10"])
        #expect(try JSONText.encode(ids) == "[2,10,9]")
        #expect(try JSONText.decode([TaskID].self, from: "[2,10,9]") == ids)
        #expect(Set([TaskID(2), TaskID(2)]).count == 1)
    }

    @Test func `a token has 128 bits in 32 digits and does not repeat`() {
        let random = SeededRandomness()
        let tokens = (0..<1_000).map { _ in random.token() }
        #expect(Set(tokens).count == 1_000)
        #expect(tokens.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test func `the system's clock and chance go on`() {
        let time = SystemTime()
        let first = time.now()
        #expect(first > Instant(seconds: 1_700_000_000))
        #expect(time.now() >= first)
        #expect(SystemRandomness().token() != SystemRandomness().token())
    }

    @Test func `a span counts in microseconds`() {
        #expect(Span.days(1) == .hours(24))
        #expect(Span.minutes(1) == .milliseconds(60_000))
        #expect(Span.seconds(3) * 2 == .seconds(6))
        #expect(Instant(seconds: 10) - Instant(seconds: 12) == .seconds(-2))
        #expect(Instant(seconds: 10) - .seconds(3) + .seconds(1) == Instant(seconds: 8))
        #expect(Span.milliseconds(1_500).inSeconds == 1.5)
    }

    @Test func `only files and the API are external sources`() {
        #expect(ChangeSource.allCases.filter(\.isExternal) == [.fileImport, .api])
    }

    @Test func `a failpoint stops at the pass that it was armed for`() throws {
        let recorder = FailpointRecorder()
        recorder.arm("stage", pass: 2)
        try recorder.failpoints.pass("stage")
        #expect(throws: SimulatedCrash(name: "stage")) { try recorder.failpoints.pass("stage") }
        try recorder.failpoints.pass("stage")
        #expect(recorder.passed == ["stage", "stage", "stage"])
        try Failpoints.none.pass("stage")
    }
}
