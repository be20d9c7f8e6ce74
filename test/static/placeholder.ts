const [verb] = process.argv.slice(2)
if (verb === 'version') console.log('hb placeholder')
else if (verb === 'env') console.log(JSON.stringify(process.env))
