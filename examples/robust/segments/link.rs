//! The link between the two ends. It writes down every segment, and loses the one that it is told to lose.

use crate::{DELAY, SPACING, Segment, Side, State};
use smoltcp::wire::{Ipv4Packet, TcpPacket};

/// What is on its way, when it is there, and its place among the segments.
struct Travelling {
    packet: Vec<u8>,
    due: u64,
    place: usize,
}

#[derive(Default)]
pub struct Link {
    /// Which segment gets lost, counted from 1 as they leave.
    lost: Option<usize>,
    /// As they were sent: those that wait may leave after one from the other side that was sent later.
    pub segments: Vec<Segment>,
    travelling: Vec<Travelling>,
    /// When it can take the next segment from each side.
    free: [u64; 2],
    /// Each side's first sequence number, as it stands on the wire.
    first: [u32; 2],
}

impl Link {
    pub fn new(lost: Option<usize>) -> Link {
        Link {
            lost,
            ..Link::default()
        }
    }

    /// Whether a segment that this side sends now would leave at once.
    pub fn is_free(&self, from: Side, now: u64) -> bool {
        self.free[from as usize] <= now
    }

    /// Takes a packet in. `states` are those of the client and the server at this time.
    pub fn send(
        &mut self,
        from: Side,
        now: u64,
        packet: Vec<u8>,
        states: [State; 2],
    ) -> Result<(), String> {
        let not_tcp = |error| format!("the {} sent what is no TCP: {error}", from.name());
        let ip = Ipv4Packet::new_checked(&packet[..]).map_err(not_tcp)?;
        let tcp = TcpPacket::new_checked(ip.payload()).map_err(not_tcp)?;
        let on_the_wire = tcp.seq_number().0.cast_unsigned();
        if tcp.syn() {
            self.first[from as usize] = on_the_wire;
        }
        let counted = |number: u32, side: Side| number.wrapping_sub(self.first[side as usize]);
        let left = self.free[from as usize].max(now);
        let due = left + DELAY;
        let mut segment = Segment {
            from,
            left,
            arrived: Some(due),
            syn: tcp.syn(),
            fin: tcp.fin(),
            psh: tcp.psh(),
            number: counted(on_the_wire, from),
            acknowledges: tcp
                .ack()
                .then(|| counted(tcp.ack_number().0.cast_unsigned(), from.other())),
            length: u32::try_from(tcp.payload().len()).unwrap_or(u32::MAX),
            again: false,
            states,
        };
        let mut own = self.segments.iter().filter(|sent| sent.from == from);
        segment.again = !segment.is_ack() && own.any(|sent| sent.end() >= segment.end());
        self.free[from as usize] = left + SPACING;
        self.travelling.push(Travelling {
            packet,
            due,
            place: self.segments.len(),
        });
        self.segments.push(segment);
        Ok(())
    }

    /// Gives out what is due at this side by now: the places among the segments, and the packets, without the lost one.
    pub fn receive(&mut self, to: Side, now: u64) -> (Vec<usize>, Vec<Vec<u8>>) {
        let segments = &self.segments;
        let due: Vec<Travelling> = self
            .travelling
            .extract_if(.., |one| {
                one.due <= now && segments[one.place].from == to.other()
            })
            .collect();
        let (mut places, mut packets) = (Vec::new(), Vec::new());
        for Travelling { packet, place, .. } in due {
            places.push(place);
            let own = (self.segments[place].left, place);
            let all = self.segments.iter().enumerate();
            let number = all.filter(|(place, one)| (one.left, *place) <= own).count();
            if self.lost == Some(number) {
                self.segments[place].arrived = None;
            } else {
                packets.push(packet);
            }
        }
        (places, packets)
    }

    /// When something happens here, after this time.
    pub fn next(&self, now: u64) -> Option<u64> {
        let due = self.travelling.iter().map(|one| one.due);
        due.chain(self.free).filter(|time| *time > now).min()
    }
}
