import Testing
import WireProtocol

@testable import ConsoleModel

/// Events and errors are counted in the minute that they are about.
@Suite struct MinuteCountTests {
    private static let noon: Int64 = 1_795_953_600

    /// Statistics after events at those seconds since noon; a negative one is an error that long before noon.
    private func count(_ seconds: Int64...) -> BackendStatistics {
        var statistics = BackendStatistics()
        for second in seconds {
            statistics.countEvent(at: Timestamp(milliseconds: (Self.noon + second) * 1000), sessions: 3)
            if second < 0 { statistics.pendingErrors += 1 }
        }
        statistics.flush(sessions: 3)
        return statistics
    }

    private func minutes(_ statistics: BackendStatistics) -> [Int64] {
        statistics.history.map { $0.at.milliseconds / 60_000 - Self.noon / 60 }
    }

    @Test func anErrorThatIsReadLateIsOneOfItsOwnMinute() {
        let statistics = count(30, -90, 31)
        #expect(minutes(statistics) == [-2, 0])
        #expect(statistics.history.map(\.errors) == [1, 0])
        #expect(statistics.history.map(\.events) == [1, 2])
        #expect(statistics.history.map(\.sessions) == [0, 3])
        #expect(statistics.eventsPerSecond(now: Timestamp(milliseconds: (Self.noon + 35) * 1000)) == 0.4)
    }

    @Test(arguments: [(59, [-59, 0]), (60, [0])] as [(Int64, [Int64])]) func whatIsAnHourOldIsNotCounted(
        _ minutesBefore: Int64, _ expected: [Int64]
    ) {
        #expect(minutes(count(0, -60 * minutesBefore)) == expected)
    }

    @Test func sixtyMinutesAreKept() {
        var statistics = BackendStatistics()
        for minute in Int64(0)..<70 {
            statistics.countEvent(at: Timestamp(milliseconds: (Self.noon + minute * 60) * 1000), sessions: 0)
        }
        statistics.flush(sessions: 0)
        #expect(statistics.history.count == 60)
        #expect(minutes(statistics).first == 10)
    }
}
