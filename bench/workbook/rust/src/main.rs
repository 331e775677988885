//! Writes the rows of a csv file to a workbook, in constant memory, for bench/workbook.

use rust_xlsxwriter::{Format, Workbook};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let mut rows = csv::Reader::from_path(&args[1])?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory();
    let timestamps = Format::new().set_num_format("d mmm yyyy hh:mm:ss");
    for (i, name) in rows.headers()?.iter().enumerate() {
        sheet.write(0, i as u16, name)?;
    }
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while rows.read_record(&mut record)? {
        row += 1;
        for (i, field) in record.iter().enumerate() {
            let column = i as u16;
            match i {
                _ if field.is_empty() => {}
                0 | 1 => {
                    let timestamp = rust_xlsxwriter::ExcelDateTime::parse_from_str(&field[..19])?;
                    sheet.write_datetime_with_format(row, column, &timestamp, &timestamps)?;
                }
                9 => {
                    sheet.write_boolean(row, column, field == "true")?;
                }
                10..=13 => {
                    sheet.write_number(row, column, field.parse::<f64>()?)?;
                }
                _ => {
                    sheet.write_string(row, column, field)?;
                }
            }
        }
    }
    book.save(&args[2])?;
    Ok(())
}
