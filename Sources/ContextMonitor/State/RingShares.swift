import DequeModule
import WireProtocol

/// How much each user holds of a ring, so that the one who holds the most gives up first.
///
/// A binary heap by bytes: a change costs the logarithm of the number of users.
struct RingShares {
    /// The events of one user; those without a user have a share of their own.
    private struct Share {
        let user: UserID?
        var bytes = 0
        /// The numbers of the events, oldest first.
        var numbers: Deque<Int> = []
    }

    private var heap: [Share] = []
    private var places: [UserID?: Int] = [:]

    /// How many users hold something.
    var count: Int { heap.count }

    /// The number of the oldest event of the user who holds the most bytes; nil when nothing is held.
    var oldestOfHeaviest: Int? { heap.first?.numbers.first }

    /// Adds the newest event.
    mutating func add(_ number: Int, bytes: Int, of user: UserID?) {
        let place: Int
        if let known = places[user] {
            place = known
        } else {
            place = heap.count
            heap.append(Share(user: user))
            places[user] = place
        }
        heap[place].bytes += bytes
        heap[place].numbers.append(number)
        rise(from: place)
    }

    /// Takes away the oldest event of a user.
    mutating func removeOldest(of user: UserID?, bytes: Int) {
        guard let place = places[user] else { return }
        heap[place].bytes -= bytes
        _ = heap[place].numbers.popFirst()
        guard heap[place].numbers.isEmpty else { return sink(from: place) }
        let last = heap.count - 1
        swap(place, last)
        heap.removeLast()
        places[user] = nil
        guard place < last else { return }
        rise(from: place)
        sink(from: place)
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0, heap[(place - 1) / 2].bytes < heap[place].bytes {
            swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var heaviest = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && heap[child].bytes > heap[heaviest].bytes {
                heaviest = child
            }
            if heaviest == place { return }
            swap(place, heaviest)
            place = heaviest
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        places[heap[one].user] = one
        places[heap[other].user] = other
    }
}
