//! The shapes in which the same records come: many files, packed, partly twice, as a table.
//!
//! Not here: what reading them takes (`measured`).

use super::child::size;
use super::tenant::Tenant;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Files among which a log is divided, unless it has less than ten records for each.
const FILES: u64 = 10_000;

/// Members of an archive.
const MEMBERS: u64 = 100;

/// What is read, and what must come out.
pub struct Evidence {
    /// Files and folders to be named to the program.
    pub paths: Vec<PathBuf>,
    /// Bytes of what there is to read, unpacked.
    pub bytes: u64,
    /// Rows in all of it.
    pub rows: u64,
    /// Of those, rows whose record stands elsewhere too.
    pub duplicates: u64,
}

/// Makes a shape in an empty folder, of a whole log of lines.
type Make = fn(&Tenant, &Evidence, &Path) -> Evidence;

/// Every shape but the log itself.
pub const OTHERS: [(&str, Make); 5] = [
    ("many small files", many_files),
    ("gzip", gzip),
    ("zip", archive),
    ("40 % duplicates", partly_twice),
    ("CSV", table),
];

/// The log itself.
pub fn whole(plain: &Path) -> Evidence {
    Evidence {
        bytes: size(plain),
        rows: lines(plain),
        duplicates: 0,
        paths: vec![plain.to_owned()],
    }
}

/// Thousands of files in one folder.
fn many_files(_: &Tenant, log: &Evidence, place: &Path) -> Evidence {
    let folder = place.join("files");
    fs::create_dir(&folder).expect("a folder can be made");
    divided(log, FILES.min(log.rows / 10), &mut |number, lines| {
        fs::write(folder.join(format!("{number:05}.jsonl")), lines)
    });
    like(log, folder)
}

/// One file, packed.
fn gzip(_: &Tenant, log: &Evidence, place: &Path) -> Evidence {
    let path = place.join("log.jsonl.gz");
    let mut packer = GzEncoder::new(created(&path), Compression::fast());
    divided(log, MEMBERS, &mut |_, lines| packer.write_all(lines));
    let end = packer.finish().and_then(|mut file| file.flush());
    end.expect("it can be packed");
    like(log, path)
}

/// An archive of many members.
fn archive(_: &Tenant, log: &Evidence, place: &Path) -> Evidence {
    let path = place.join("logs.zip");
    let mut packer = ZipWriter::new(created(&path));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    divided(log, MEMBERS, &mut |number, lines| {
        packer.start_file(format!("{number:03}.jsonl"), options)?;
        packer.write_all(lines)
    });
    packer.finish().expect("it can be packed");
    like(log, path)
}

/// The log, a third of it once more, and a third of it in another shape: two of five rows are known already.
fn partly_twice(tenant: &Tenant, log: &Evidence, place: &Path) -> Evidence {
    let (again, other) = (place.join("again.jsonl"), place.join("other.csv"));
    fs::copy(&log.paths[0], &again).expect("it can be copied");
    cut(&again, log.rows / 3);
    tenant.write("search-csv", &other);
    cut(&other, log.rows / 3 + 1);
    let mut paths = log.paths.clone();
    paths.extend([again, other]);
    Evidence {
        bytes: paths.iter().map(|path| size(path)).sum(),
        rows: log.rows + log.rows / 3 * 2,
        duplicates: log.rows / 3 * 2,
        paths,
    }
}

/// The CSV of `Search-UnifiedAuditLog`.
fn table(tenant: &Tenant, log: &Evidence, place: &Path) -> Evidence {
    let path = place.join("table.csv");
    tenant.write("search-csv", &path);
    Evidence {
        bytes: size(&path),
        ..like(log, path)
    }
}

/// The same records elsewhere.
fn like(log: &Evidence, path: PathBuf) -> Evidence {
    Evidence {
        paths: vec![path],
        ..*log
    }
}

/// Hands the lines of a log over in so many parts, one after another.
fn divided(log: &Evidence, parts: u64, take: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>) {
    let mut log = BufReader::new(File::open(&log.paths[0]).expect("the log is there"));
    let each = bytes_of_each(log.get_ref(), parts);
    let mut part = Vec::new();
    for number in 0.. {
        part.clear();
        while (part.len() as u64) < each {
            if log.read_until(b'\n', &mut part).expect("it can be read") == 0 {
                break;
            }
        }
        if part.is_empty() {
            return;
        }
        take(number, &part).expect("it can be written");
    }
}

/// Bytes that each of so many parts has at least.
fn bytes_of_each(log: &File, parts: u64) -> u64 {
    let bytes = log.metadata().expect("it has a length").len();
    (bytes / parts.max(1)).max(1)
}

/// Keeps the first lines of a file.
fn cut(path: &Path, count: u64) {
    let mut lines = BufReader::new(File::open(path).expect("the file is there"));
    let (mut length, mut line) = (0, Vec::new());
    for _ in 0..count {
        line.clear();
        length += lines.read_until(b'\n', &mut line).expect("it can be read") as u64;
    }
    let file = File::options().write(true).open(path);
    file.and_then(|file| file.set_len(length))
        .expect("it can be cut");
}

fn lines(path: &Path) -> u64 {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).expect("the file is there"));
    let mut lines = 0;
    loop {
        let bytes = file.fill_buf().expect("it can be read");
        if bytes.is_empty() {
            return lines;
        }
        lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        let length = bytes.len();
        file.consume(length);
    }
}

fn created(path: &Path) -> BufWriter<File> {
    BufWriter::new(File::create(path).expect("the file can be made"))
}
